import type { Forest } from '../src/trees/forest/forest.ts';
import { LEAF } from '../src/trees/forest/forest.ts';

// A random forest as an ONNX model (TreeEnsembleClassifier of ai.onnx.ml 1), written field by field so that the peer
// scores the very same trees. Field numbers are those of onnx.proto3.

class ProtoWriter {
  readonly #chunks: Uint8Array[] = [];

  varint(field: number, value: number): this {
    return this.#raw(encodeVarint(field * 8), encodeVarint(value));
  }

  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return this.#raw(encodeVarint(field * 8 + 2), encodeVarint(bytes.length), bytes);
  }

  message(field: number, fill: (writer: ProtoWriter) => void): this {
    const writer = new ProtoWriter();
    fill(writer);
    return this.bytes(field, writer.finish());
  }

  #raw(...chunks: Uint8Array[]): this {
    this.#chunks.push(...chunks);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

const packedIntegers = (values: readonly number[]) => Buffer.concat(values.map(encodeVarint));
const packedFloats = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

const integers = (graph: ProtoWriter, name: string, values: readonly number[]) =>
  graph.message(5, (attribute) => attribute.bytes(1, name).bytes(8, packedIntegers(values)).varint(20, 7));
const floats = (graph: ProtoWriter, name: string, values: readonly number[]) =>
  graph.message(5, (attribute) => attribute.bytes(1, name).bytes(7, packedFloats(values)).varint(20, 6));
const strings = (graph: ProtoWriter, name: string, values: readonly string[]) =>
  graph.message(5, (attribute) => {
    attribute.bytes(1, name);
    for (const value of values) attribute.bytes(9, value);
    attribute.varint(20, 8);
  });

const tensorType = (value: ProtoWriter, name: string, elementType: number, columns: number) =>
  value.bytes(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.varint(1, elementType).message(2, (shape) => {
        shape.message(1, (dimension) => dimension.bytes(2, 'N'));
        if (columns > 0) shape.message(1, (dimension) => dimension.varint(1, columns));
      }),
    ),
  );

/** ONNX bytes of a forest of class probabilities: input `X` (N x nFeatures), outputs `label` and `probabilities`. */
export function onnxForest(forest: Forest): Uint8Array {
  const nodes = { tree: [] as number[], id: [] as number[], column: [] as number[], value: [] as number[] };
  const branch = { mode: [] as string[], yes: [] as number[], no: [] as number[], missing: [] as number[] };
  const leaves = { tree: [] as number[], id: [] as number[], label: [] as number[], weight: [] as number[] };
  const nTrees = forest.roots.length;
  for (let t = 0; t < nTrees; t++) {
    const root = forest.roots[t]!;
    const end = t + 1 < nTrees ? forest.roots[t + 1]! : forest.feature.length;
    for (let node = root; node < end; node++) {
      const isLeaf = forest.feature[node] === LEAF;
      nodes.tree.push(t);
      nodes.id.push(node - root);
      nodes.column.push(isLeaf ? 0 : forest.feature[node]!);
      nodes.value.push(isLeaf ? 0 : forest.threshold[node]!);
      branch.mode.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      branch.yes.push(isLeaf ? 0 : forest.left[node]! - root);
      branch.no.push(isLeaf ? 0 : forest.left[node]! + 1 - root);
      branch.missing.push(isLeaf ? 0 : forest.missingLeft[node]!);
      for (let c = 0; isLeaf && c < forest.nOutputs; c++) {
        leaves.tree.push(t);
        leaves.id.push(node - root);
        leaves.label.push(c);
        leaves.weight.push(forest.value[node * forest.nOutputs + c]! / nTrees);
      }
    }
  }
  const fillNode = (node: ProtoWriter) => {
    node.bytes(1, 'X').bytes(2, 'label').bytes(2, 'probabilities');
    node.bytes(4, 'TreeEnsembleClassifier').bytes(7, 'ai.onnx.ml');
    integers(node, 'nodes_treeids', nodes.tree);
    integers(node, 'nodes_nodeids', nodes.id);
    integers(node, 'nodes_featureids', nodes.column);
    floats(node, 'nodes_values', nodes.value);
    strings(node, 'nodes_modes', branch.mode);
    integers(node, 'nodes_truenodeids', branch.yes);
    integers(node, 'nodes_falsenodeids', branch.no);
    integers(node, 'nodes_missing_value_tracks_true', branch.missing);
    integers(node, 'class_treeids', leaves.tree);
    integers(node, 'class_nodeids', leaves.id);
    integers(node, 'class_ids', leaves.label);
    floats(node, 'class_weights', leaves.weight);
    integers(
      node,
      'classlabels_int64s',
      Array.from({ length: forest.nOutputs }, (_, c) => c),
    );
    node.message(5, (attribute) => attribute.bytes(1, 'post_transform').bytes(4, 'NONE').varint(20, 3));
  };
  const model = new ProtoWriter().varint(1, 7);
  model.message(7, (graph) => {
    graph.message(1, fillNode).bytes(2, 'forest');
    graph.message(11, (value) => tensorType(value, 'X', 1, forest.nFeatures));
    graph.message(12, (value) => tensorType(value, 'label', 7, 0));
    graph.message(12, (value) => tensorType(value, 'probabilities', 1, forest.nOutputs));
  });
  model.message(8, (opset) => opset.bytes(1, 'ai.onnx.ml').varint(2, 1));
  model.message(8, (opset) => opset.bytes(1, '').varint(2, 13));
  return model.finish();
}
