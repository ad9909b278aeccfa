import type { DocumentNode, FieldNode, SelectionSetNode, ValueNode } from "graphql";

/** What a query costs and how many things it may answer, reckoned from its `first` and `last` as the vendor documents. */
export function costOf(document: DocumentNode, variables: Record<string, unknown>): { points: number; nodes: number } {
  let requests = 0;
  let nodes = 0;
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === "FragmentDefinition" ? [[one.name.value, one.selectionSet]] : [],
    ),
  );
  const walk = (set: SelectionSetNode | undefined, times: number): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === "FragmentSpread") walk(fragments.get(selection.name.value), times);
      else if (selection.kind === "InlineFragment") walk(selection.selectionSet, times);
      else {
        const size = sizeOf(selection, variables);
        if (size !== undefined) {
          requests += times;
          nodes += times * size;
        }
        walk(selection.selectionSet, times * (size ?? 1));
      }
    }
  };
  for (const one of document.definitions) if (one.kind === "OperationDefinition") walk(one.selectionSet, 1);
  return { points: Math.max(1, Math.round(requests / 100)), nodes };
}

function sizeOf(field: FieldNode, variables: Record<string, unknown>): number | undefined {
  const argument = field.arguments?.find((one) => one.name.value === "first" || one.name.value === "last");
  return argument === undefined ? undefined : numberOf(argument.value, variables);
}

function numberOf(value: ValueNode, variables: Record<string, unknown>): number {
  if (value.kind === "IntValue") return Number(value.value);
  return value.kind === "Variable" ? Number(variables[value.name.value] ?? 0) : 0;
}
