import { generateKeyPairSync, sign } from 'node:crypto';

export interface CertificateRequest {
  /** PEM. */
  request: string;
  /** PEM, PKCS #8; stays in memory. */
  key: string;
}

const OID = {
  commonName: [0x55, 0x04, 0x03],
  organization: [0x55, 0x04, 0x0a],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
};

/**
 * Makes a key and a certificate request for it [RFC 2986]: what a new user hands to the cluster's signer.
 *
 * @param user Becomes the user's name.
 * @param group Becomes the user's group.
 * @example certificateRequest('dev-a', 'developers').request // '-----BEGIN CERTIFICATE REQUEST-----…'
 */
export function certificateRequest(user: string, group: string): CertificateRequest {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const attribute = (oid: number[], value: string) =>
    der(0x31, der(0x30, der(0x06, Buffer.from(oid)), der(0x0c, Buffer.from(value))));
  const subject = der(0x30, attribute(OID.organization, group), attribute(OID.commonName, user));
  const info = der(
    0x30,
    der(0x02, Buffer.from([0])),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa0),
  );
  const signature = sign('sha256', info, privateKey);
  const algorithm = der(0x30, der(0x06, Buffer.from(OID.ecdsaWithSha256)));
  const request = der(0x30, info, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = request
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    request: `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One element of a DER encoding [X.690]. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
