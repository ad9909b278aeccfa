/**
 * Answers as text, kept until the thing or what it embeds changes, so that a bench measures the client and not this twin.
 * Whoever changes a thing calls `forget`.
 */
const KEPT = new WeakMap<object, Map<string, { generation: string; json: string }>>();

export function rendered(thing: object, key: string, generation: string, shape: () => unknown): string {
  let forms = KEPT.get(thing);
  if (forms === undefined) {
    forms = new Map();
    KEPT.set(thing, forms);
  }
  const kept = forms.get(key);
  if (kept?.generation === generation) return kept.json;
  const json = JSON.stringify(shape());
  forms.set(key, { generation, json });
  return json;
}

export function forget(thing: object): void {
  KEPT.delete(thing);
}
