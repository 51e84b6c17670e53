import { createRequire } from 'node:module';
import type Protobuf from 'protobufjs';

/** The part of the ONNX format that is written here; names and numbers are those of the published schema [ONNX]. */
const SCHEMA = `
syntax = "proto2";
message Attribute {
  optional string name = 1;
  optional int64 i = 3;
  optional bytes s = 4;
  repeated int64 ints = 8;
  optional int32 type = 20;
}
message Node {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated Attribute attribute = 5;
  optional string doc_string = 6;
}
message Tensor {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
  optional string doc_string = 12;
}
message Dimension {
  optional int64 dim_value = 1;
  optional string dim_param = 2;
}
message Shape { repeated Dimension dim = 1; }
message TensorType {
  optional int32 elem_type = 1;
  optional Shape shape = 2;
}
message Type { optional TensorType tensor_type = 1; }
message ValueInfo {
  optional string name = 1;
  optional Type type = 2;
  optional string doc_string = 3;
}
message Graph {
  repeated Node node = 1;
  optional string name = 2;
  repeated Tensor initializer = 5;
  optional string doc_string = 10;
  repeated ValueInfo input = 11;
  repeated ValueInfo output = 12;
}
message OperatorSet {
  optional string domain = 1;
  optional int64 version = 2;
}
message Entry {
  optional string key = 1;
  optional string value = 2;
}
message Model {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional string doc_string = 6;
  optional Graph graph = 7;
  repeated OperatorSet opset_import = 8;
  repeated Entry metadata_props = 14;
}
`;

/** Versions that onnxruntime has read since 1.14. */
const IR_VERSION = 9;
const OPSET = 17;
/** TensorProto.DataType and AttributeProto.AttributeType. */
const FLOAT = 1;
const INT64 = 7;
const INT = 2;
const STRING = 3;
const INTS = 7;

type AttributeValue = number | string | number[];

/** A value's shape: a number, or the letter of a size that is free. */
export type OnnxShape = readonly (number | string)[];

export interface OnnxModelInfo {
  producerVersion: string;
  docString: string;
  metadata: Record<string, string>;
}

/**
 * An ONNX graph, written node by node.
 *
 * @example
 * const graph = new OnnxGraph('double');
 * graph.input('x', ['B', 3], 'rows');
 * graph.output(graph.node('Add', 'twice', ['x', 'x']), ['B', 3], 'twice the rows');
 * graph.encode({ producerVersion: '1', docString: '', metadata: {} });
 */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a float32 input. */
  input(name: string, shape: OnnxShape, docString: string): string {
    this.#inputs.push(valueInfo(name, shape, docString));
    return name;
  }

  /** Declares a float32 output that some node gives. */
  output(name: string, shape: OnnxShape, docString: string): void {
    this.#outputs.push(valueInfo(name, shape, docString));
  }

  /** Keeps an array under a name: float32, or int64 when a list of numbers is given. */
  constant(name: string, shape: readonly number[], data: Float32Array | readonly number[]): string {
    const values = data instanceof Float32Array ? data : BigInt64Array.from(data, BigInt);
    this.#initializers.push({
      dims: [...shape],
      data_type: data instanceof Float32Array ? FLOAT : INT64,
      name,
      raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    return name;
  }

  /**
   * Adds a node with one output, named after it.
   *
   * @param attributes Integers, texts and lists of integers.
   * @returns Name of the output.
   */
  node(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    docString = '',
  ): string {
    this.#nodes.push({
      input: inputs,
      output: [name],
      name,
      op_type: operator,
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      ...(docString ? { doc_string: docString } : {}),
    });
    return name;
  }

  /** The model's bytes: the same graph gives the same bytes. */
  encode({ producerVersion, docString, metadata }: OnnxModelInfo): Uint8Array {
    // Only who writes a model needs it, and every start would wait for it.
    const protobuf = createRequire(import.meta.url)('protobufjs') as typeof Protobuf;
    const { root } = protobuf.parse(SCHEMA, { keepCase: true });
    const model = root.lookupType('Model');
    return model
      .encode({
        ir_version: IR_VERSION,
        producer_name: 'auditweave',
        producer_version: producerVersion,
        doc_string: docString,
        opset_import: [{ domain: '', version: OPSET }],
        metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
        graph: {
          name: this.#name,
          node: this.#nodes,
          initializer: this.#initializers,
          input: this.#inputs,
          output: this.#outputs,
        },
      })
      .finish();
  }
}

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, type: INT, i: value };
  if (typeof value === 'string') return { name, type: STRING, s: new TextEncoder().encode(value) };
  return { name, type: INTS, ints: value };
}

function valueInfo(name: string, shape: OnnxShape, docString: string): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } }, doc_string: docString };
}
