// Cold start: one contender, from the navigation to the first heat map. The page's address names it.
const name = new URLSearchParams(location.search).get('contender');
const [contender, input, data] = await Promise.all([
  import(`/page/contenders/${name}.mjs`),
  fetch('/models/input.json').then((response) => response.json()),
  fetch('/models/picture0.rgba').then((response) => response.arrayBuffer()),
]);
const picture = { width: input.size, height: input.size, data: new Uint8ClampedArray(data) };
const { explain } = await contender.create({ input, explainOnly: true });
const { heat } = await explain(picture);
globalThis.coldStart = { milliseconds: performance.now(), heat: heat.length };
