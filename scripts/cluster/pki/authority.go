// Package pki makes a cluster's authorities, certificates and kubeconfigs.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs certificates and keeps everything it makes in one folder.
type authority struct {
	folder string
	cert   *x509.Certificate
	key    crypto.Signer
	pem    []byte
}

// pair is a certificate and its key, PEM.
type pair struct{ cert, key []byte }

// subject says whom a certificate is for.
type subject struct {
	name   string
	groups []string
	hosts  []string
	ips    []string
}

func newAuthority(folder, file, name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := newTemplate(pkix.Name{CommonName: name}, 10)
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageCRLSign
	a := &authority{folder: folder, cert: template, key: key}
	made, err := a.sign(file, template, key)
	if err != nil {
		return nil, err
	}
	a.pem = made.cert
	return a, nil
}

// issue makes FILE.crt and FILE.key for clients and servers alike.
func (a *authority) issue(file string, s subject) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	template, err := newTemplate(pkix.Name{CommonName: s.name, Organization: s.groups}, 1)
	if err != nil {
		return pair{}, err
	}
	template.DNSNames = s.hosts
	for _, ip := range s.ips {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(ip))
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	return a.sign(file, template, key)
}

func (a *authority) sign(file string, template *x509.Certificate, key crypto.Signer) (pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return pair{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	made := pair{encode("CERTIFICATE", der), encode("PRIVATE KEY", keyDER)}
	return made, errors.Join(
		write(a.folder, file+".crt", made.cert),
		write(a.folder, file+".key", made.key),
	)
}

// newServiceAccountKey makes sa.key, which signs tokens, and sa.pub.
func newServiceAccountKey(folder string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return errors.Join(
		write(folder, "sa.key", encode("PRIVATE KEY", private)),
		write(folder, "sa.pub", encode("PUBLIC KEY", public)),
	)
}

func newTemplate(name pkix.Name, years int) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      name,
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(years, 0, 0),
	}, nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func write(folder, file string, content []byte) error {
	return os.WriteFile(filepath.Join(folder, file), content, 0o600)
}
