/** The B-tree of sorted-btree, whichever way the loader hands out its CommonJS class. */
import sortedBtree from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js';

// Node hands out the exports object of the package where bundlers hand out the class.
const BTree = (sortedBtree as unknown as { default?: typeof sortedBtree }).default ?? sortedBtree;

export type Tree<K, V> = sortedBtree<K, V>;

const NODE_SIZE = 64;

/** A tree of keys that are sorted already; for many of them many times faster than finding each its place. */
export function treeOf<K, V>(keys: K[], values: V[], compare: (a: K, b: K) => number): Tree<K, V> {
  if (keys.length === 0) return new BTree<K, V>(undefined, compare, NODE_SIZE);
  return bulkLoad(keys, values, NODE_SIZE, compare);
}
