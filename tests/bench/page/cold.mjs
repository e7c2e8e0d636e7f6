// Cold start: one contender, from the navigation to the first heat map. The page's address names it.
const get = async (name) => (await fetch(`/models/${name}`)).json();

const name = new URLSearchParams(location.search).get('contender');
const [contender, input, pictures] = await Promise.all([
  import(`/page/contenders/${name}.mjs`), get('input.json'), get('pictures.json'),
]);
const [{ width, height, data }] = pictures;
const picture = { width, height, data: Uint8ClampedArray.from(atob(data), (c) => c.charCodeAt(0)) };
const { explain } = await contender.create({ input, explainOnly: true });
const { heat } = await explain(picture);
globalThis.coldStart = { milliseconds: performance.now(), heat: heat.length };
