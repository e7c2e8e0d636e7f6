// The structure of HTML behind the canvas, as the tests use it: its controls, and what is said.

/** A button of the structure. */
export const control = (v, name) => v.page.locator('#results button', { hasText: name });
export const press = (v, name) => control(v, name).evaluate((e) => e.click());

/** Waits until an alert says so. */
export const alertSays = (v, text) =>
  v.page.waitForFunction((wanted) => document.getElementById('alerts').textContent.includes(wanted), text, { timeout: 60000, polling: 25 });

/** Selects a photo by the list of the structure. */
export async function select(v, name) {
  await v.page.locator('#results li button', { hasText: name }).evaluate((e) => e.click());
  await v.mirrored(`Selected: ${name}`);
}
