import { graphlib, layout } from '@dagrejs/dagre';
import type { Edge } from './edges.ts';

/** How much an edge asks to be short. */
const WEIGHT = { next: 4, caught: 1, rest: 0.01 } as const;

/**
 * In which row each state stands: as few edges as can be lead up, and as few as can be are long. Every other row is empty, for
 * the labels of the edges that leave the row above it.
 */
export function ranksOf(names: string[], edges: Edge[]): Map<string, number> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({});
  for (const name of names) graph.setNode(name, {});
  for (const [index, { from, to, kind }] of edges.entries()) {
    graph.setEdge(from, to, { weight: WEIGHT[kind] }, String(index));
  }
  layout(graph);
  return new Map(names.map((name) => [name, graph.node(name).rank as number]));
}
