// Figures of a training in a page, and its verdict in words. The rules are the trainer's own, in the learning core.

export const percent = (share) => `${Math.round(100 * share)} %`;

const right = (r) => (r.logit > 0) === (r.label === 1);
const share = (list, test) => (list.length === 0 ? null : list.filter(test).length / list.length);

/** Figures of judged pictures; null where there are none. */
function partFigures(list) {
  if (list.length === 0) return null;
  const perClass = [0, 1].map((label) => share(list.filter((r) => r.label === label), right));
  return {
    n: list.length,
    counts: [0, 1].map((label) => new Set(list.filter((r) => r.label === label).map((r) => r.picture)).size),
    accuracy: share(list, right),
    perClass,
    worstClass: Math.min(...perClass.filter((s) => s !== null)),
    sureRight: share(list, (r) => r.verdict === r.label),
    unsure: share(list, (r) => r.verdict === 2),
    sureWrong: share(list, (r) => r.verdict === 1 - r.label),
    offCentreMass: list.reduce((sum, r) => sum + r.offCentreMass, 0) / list.length,
  };
}

/** Figures of one model. @param {object} done what its worker sent last */
export function figuresOf({ judged, swapped, background }) {
  return {
    train: partFigures(judged.filter((r) => r.part === 0)),
    val: partFigures(judged.filter((r) => r.part === 1)),
    shift: partFigures(judged.filter((r) => r.part === 2)),
    swapped: partFigures(swapped),
    stillSays: share(background, (r) => r.verdict === r.label),
  };
}

/**
 * The verdict of both models' figures.
 * @param {{fewPictures: number, right: number, silent: number, spread: number}} rules  of the core
 * @param {(figures: object) => Promise<string>} wordOf  asks the core
 * @returns {Promise<{word: string, why: string, part: string|null}>}
 */
export async function verdictOf({ baseline, camloss }, classes, rules, wordOf) {
  if (!baseline || !camloss) return { word: 'cannot say', why: 'One of the two models could not be trained, so there is nothing to compare.', part: null };
  const enough = (part) => part !== null && Math.min(...part.counts) >= rules.fewPictures;
  const part = enough(baseline.shift) ? 'shift' : enough(baseline.swapped) ? 'swapped' : null;
  if (part === null) {
    const counts = baseline.val?.counts ?? [0, 0];
    return { word: 'cannot say', part,
      why: `Too few photos were held back: ${counts[0]} of ${classes[0]} and ${counts[1]} of ${classes[1]}, where ${rules.fewPictures} of each are needed. ` +
        `Add photos (${5 * rules.fewPictures} of a class hold back ${rules.fewPictures}).` };
  }
  const [before, after] = [baseline[part], camloss[part]];
  const word = await wordOf({ usual: baseline.val?.worstClass ?? 1, usualAfter: camloss.val?.worstClass ?? 1, before: before.worstClass, after: after.worstClass,
    sureRight: after.sureRight, unsure: camloss.val?.unsure ?? 0 });
  const ground = part === 'shift' ? 'On pictures whose background contradicts their class' : 'With the centre of held-back photos on the border of the other class’s';
  let why = `${ground}, the baseline is right on ${percent(before.worstClass)} of the class it does worse on, CAMLoss on ${percent(after.worstClass)}.`;
  if (word === 'cannot say') why = `The baseline has not learnt the classes: it is right on ${percent(baseline.val.worstClass)} of the usual photos of the class it does worse on. Add photos, or look at the labels.`;
  else if (word === 'no shortcut found') why += ' Backgrounds do not mislead it.';
  else if (word === 'partly cured' && after.worstClass >= rules.right) {
    why += ` CAMLoss is surely right on ${percent(after.sureRight)}. Of the usual photos of the class it does worse on it is right on ${percent(camloss.val?.worstClass ?? 1)}, the baseline on ${percent(baseline.val?.worstClass ?? 1)}.`;
  } else if (word !== 'cured' && (camloss.val?.unsure ?? 0) > rules.silent) why += ` CAMLoss is silent: it is undecided on ${percent(camloss.val.unsure)} of the usual photos.`;
  else if (word !== 'cured' && camloss.val.offCentreMass > rules.spread) why += ` Its maps are not centred (${percent(camloss.val.offCentreMass)} of the evidence is off centre): the subjects may not be centred, which is what CAMLoss builds on.`;
  return { word, why, part };
}
