// Cold start: one contender, from the navigation to the first heat map. The page's address names it.
const name = new URLSearchParams(location.search).get('contender');
const input = JSON.parse(document.getElementById('input').textContent);
const pixels = fetch('/models/picture0.rgba').then((response) => response.arrayBuffer());
// The model is made while the picture is on its way.
const contender = await import(`/page/contenders/${name}.mjs`);
const { explain } = await contender.create({ input, explainOnly: true });
const picture = { width: input.size, height: input.size, data: new Uint8ClampedArray(await pixels) };
const { heat } = await explain(picture);
globalThis.coldStart = { milliseconds: performance.now(), heat: heat.length };
