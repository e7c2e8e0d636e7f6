// How time and memory grow with the number of pictures: the trainer from reading to report, and the page. Each size is
// drawn anew (small PNG files with masks) and removed again. Prints tables; --svg draws the time a picture takes.
// Usage: node tests/bench/growth.mjs [--sizes 100,1000,10000,50000] [--page-sizes 100,1000,10000]
//   [--recipe camloss] [--svg FILE] [--json FILE]
// Environment: CAMLOSS_TRAINER, CAMLOSS_SITE, CAMLOSS_CHROMIUM (tests/bench/growth.sh sets them).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { png } from '../browser/support/pictures.mjs';
import { growthChart } from './growth_chart.mjs';

const { values: options } = parseArgs({ options: {
  sizes: { type: 'string', default: '100,1000,10000,50000' },
  'page-sizes': { type: 'string', default: '100,1000,10000' },
  recipe: { type: 'string', default: 'camloss' },
  svg: { type: 'string' },
  json: { type: 'string' },
} });
const numbers = (text) => text.split(',').filter(Boolean).map((word) => {
  if (!/^[1-9]\d*$/.test(word)) throw new Error(`'${word}' is no number of pictures`);
  return Number(word);
});

const kSide = 48;  // of a drawn picture, pixels

/** A disc on green or a square on blue, with grain, and its mask. */
function drawn(index, label) {
  const data = Buffer.alloc(4 * kSide * kSide, 255), mask = Buffer.alloc(4 * kSide * kSide, 255);
  let state = Math.imul(index * 2 + label + 1, 2654435761) >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const [x, y, r] = [0.45 + 0.1 * random(), 0.45 + 0.1 * random(), 0.17 + 0.06 * random()];
  const shade = 0.7 + 0.3 * random(), [wx, wy, phase] = [3 + 6 * random(), 3 + 6 * random(), 6 * random()];
  const ground = label === 0 ? [60, 140, 50] : [50, 90, 160], subject = label === 0 ? [200, 60, 50] : [235, 235, 230];
  for (let v = 0; v < kSide; v++) {
    for (let u = 0; u < kSide; u++) {
      const dx = Math.abs((u + 0.5) / kSide - x), dy = Math.abs((v + 0.5) / kSide - y);
      const inside = label === 0 ? Math.hypot(dx, dy) < r : Math.max(dx, dy) < 0.88 * r;
      const at = 4 * (v * kSide + u), wave = inside ? 0 : 25 * Math.sin((wx * u + wy * v) / kSide + phase);
      for (let c = 0; c < 3; c++) {
        const value = (inside ? subject : ground)[c] * shade + wave + 20 * random() - 10;
        data[at + c] = Math.max(0, Math.min(255, value));
        mask[at + c] = inside ? 255 : 0;
      }
    }
  }
  const size = { width: kSide, height: kSide };
  return { picture: png({ data, ...size }, 'rgb'), mask: png({ data: mask, ...size }, 'grey') };
}

function drawFolder(folder, count) {
  for (const [label, name] of ['disc', 'square'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count / 2; i++) {
      const { picture, mask } = drawn(i, label);
      writeFileSync(join(folder, name, `${i}.png`), picture);
      writeFileSync(join(folder, name, `${i}.mask.png`), mask);
    }
  }
}

/** Runs the trainer: seconds in all, seconds until the first line it prints, and its largest memory in MiB. */
function run(...args) {
  return new Promise((resolve, reject) => {
    const start = performance.now(), seconds = () => (performance.now() - start) / 1000;
    const child = spawn(process.env.CAMLOSS_TRAINER, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let first = 0, peak = 0, errors = '';
    child.stdout.on('data', () => { first ||= seconds(); });
    child.stderr.on('data', (text) => { errors += text; });
    const look = setInterval(() => {
      try {
        const highest = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        peak = Math.max(peak, Number(highest?.[1] ?? 0) / 1024);
      } catch { /* it has just ended */ }
    }, 20);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve({ seconds: seconds(), first, peak });
      else reject(new Error(`trainer ${args.join(' ')} ended with ${code}: ${errors.slice(-500)}`));
    });
  });
}

/** One size through the trainer. One epoch of the recipe; the subjects' masks are given. */
async function trainerAt(count) {
  const folder = mkdtempSync(join(tmpdir(), 'camloss-growth-'));
  try {
    const data = join(folder, 'data'), out = join(folder, 'out');
    drawFolder(data, count);
    const trained = await run('train', '--data', data, '--out', out, '--recipe', options.recipe, '--epochs', '1', '--perturbed', '0');
    const epoch = JSON.parse(readFileSync(join(out, 'log.jsonl'), 'utf8').split('\n')[0]).seconds;
    const evaluated = await run('evaluate', join(out, `${options.recipe}-s1.safetensors`), '--data', data, '--split', join(out, 'split-s1.json'), '--json');
    const reported = await run('report', '--runs', out, '--out', join(folder, 'report.html'));
    return { count, read: trained.first, epoch, train: trained.seconds, trainPeak: trained.peak, evaluate: evaluated.seconds,
      evaluatePeak: evaluated.peak, report: reported.seconds, reportPeak: reported.peak };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One size through the page: from the choice until all are answered, the largest tab, and a frame of the table that is scrolled. */
async function pageAt(count) {
  const { launch, startSite, Visitor } = await import('../browser/support/page.mjs');
  const site = await startSite(), browser = await launch(), folder = mkdtempSync(join(tmpdir(), 'camloss-growth-'));
  try {
    const session = await browser.newBrowserCDPSession();
    const v = await Visitor.open(browser, site.url, { painted: false });
    let peak = 0;
    const look = async () => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
        try {
          const now = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'));
          peak = Math.max(peak, Number(now?.[1] ?? 0) / 1024);
        } catch { /* it has just ended */ }
      }
    };
    // Chosen from the disk: a drop that a script makes takes a time of its own that grows with its square.
    drawFolder(folder, count);
    const files = ['disc', 'square'].flatMap((name) => readdirSync(join(folder, name)).filter((file) => !file.endsWith('.mask.png'))
      .map((file) => join(folder, name, file)));
    await v.page.evaluate(() => {
      document.getElementById('photo-input').addEventListener('change', () => { globalThis.dropped = performance.now(); }, { capture: true });
    });
    await v.page.setInputFiles('#photo-input', files);
    let seconds = 0;
    while (seconds === 0) {
      await v.page.waitForTimeout(count < 1000 ? 100 : 1000);
      await look();
      seconds = await v.page.evaluate((wanted) => {
        const { photos } = globalThis.camloss.state();
        const done = photos.length > wanted && photos.every((p) => p.results.length === 2);
        return done ? (performance.now() - globalThis.dropped) / 1000 : 0;
      }, count);
    }
    await v.page.evaluate(() => { location.hash = '#page=photos'; });
    await v.still();
    await v.page.mouse.move(600, 600);
    await v.page.evaluate(() => {
      globalThis.log = { frames: [], last: -1 };
      const read = () => {
        const { frame } = globalThis.camloss.timing();
        if (frame !== globalThis.log.last) globalThis.log.frames.push(globalThis.log.last = frame);
        requestAnimationFrame(read);
      };
      read();
    });
    for (let i = 0; i < 120; i++) {
      await v.page.mouse.wheel(0, i < 60 ? 300 : -300);
      await v.page.waitForTimeout(16);
    }
    const frames = (await v.page.evaluate(() => globalThis.log.frames)).sort((a, b) => a - b);
    return { count, drop: seconds, peak, frame: frames[Math.floor(frames.length / 2)], frame95: frames[Math.floor(frames.length * 0.95)] };
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const s = (seconds) => `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0)} s`;
const mib = (size) => `${size.toFixed(0)} MiB`;

console.log(`${cpus()[0].model}, ${cpus().length} cores; drawn pictures of ${kSide} pixels; recipe ${options.recipe}`);
const trainer = [], page = [];
for (const count of numbers(options.sizes)) {
  trainer.push(await trainerAt(count));
  console.error(JSON.stringify(trainer.at(-1)));
}
for (const count of numbers(options['page-sizes'])) {
  page.push(await pageAt(count));
  console.error(JSON.stringify(page.at(-1)));
}
if (trainer.length > 0) {
  console.log(table(['pictures', 'read', 'an epoch', 'train in all', 'its memory', 'evaluate', 'its memory', 'report', 'its memory'],
    trainer.map((r) => [r.count, s(r.read), s(r.epoch), s(r.train), mib(r.trainPeak), s(r.evaluate), mib(r.evaluatePeak), s(r.report), mib(r.reportPeak)])));
}
if (page.length > 0) {
  console.log(table(['photos', 'chosen until all are answered', 'largest tab', 'a frame of the table, scrolled (95 %)'],
    page.map((r) => [r.count, s(r.drop), mib(r.peak), `${r.frame.toFixed(1)} ms (${r.frame95.toFixed(1)})`])));
}
if (options.json) writeFileSync(options.json, JSON.stringify({ processor: cpus()[0].model, trainer, page }, null, 1));
if (options.svg) writeFileSync(options.svg, growthChart(trainer, page));
