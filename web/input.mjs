// Files, drops, pastes, touches and everything else that wakes the program.

/** NAME.mask.png lies beside NAME: where its subject is, and no photo. */
export const isMask = (file) => /\.mask\.png$/i.test(file.name);

const kMaxFiles = 20000;  // in one drop
const kPhases = { pointerdown: 0, pointermove: 1, pointerup: 2, pointercancel: 3 };

/** All files below a dropped entry, each with the name of its folder as label. */
async function filesOf(entry, label, out) {
  if (out.length >= kMaxFiles) return;
  if (entry.isFile) {
    if (entry.name.startsWith('.')) return;
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) out.push({ file, label });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const batch = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (batch.length === 0) break;
    batch.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const child of batch) await filesOf(child, child.isDirectory ? child.name : label, out);
  }
}

/** The files of a drop or paste; sub-folders of a dropped folder are labels, the folder itself is not. */
export async function filesOfTransfer(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const out = [];
  const folders = entries.filter(({ entry }) => entry?.isDirectory).length;
  for (const { entry, file } of entries) {
    // Several folders dropped together are classes; one folder alone is what holds the classes.
    if (entry?.isDirectory) await filesOf(entry, folders > 1 ? entry.name : '', out);
    else if (file) out.push({ file, label: '' });
  }
  return out;
}

/** Files of a folder dialog: the folder that holds a file is its label, unless that is the chosen folder. */
export function withFolderLabels(files) {
  return [...files].filter((file) => !file.name.startsWith('.')).map((file) => {
    const parts = file.webkitRelativePath.split('/');
    return { file, label: parts.length > 2 ? parts[parts.length - 2] : '' };
  });
}

/** Whether a key is the program's: neither a control's, nor Tab, nor one of the browser's own shortcuts. */
function isForCanvas(event, canvas) {
  const own = event.target === canvas || event.target === document.body;
  return own && event.key !== 'Tab' && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/**
 * Runs `start`. The window library listens to the keys of the whole window; the listeners that it adds meanwhile hear
 * those for the canvas only.
 */
export function withKeysOfCanvas(canvas, start) {
  const { addEventListener } = window;
  window.addEventListener = (type, listener, options) => addEventListener.call(window, type,
    type.startsWith('key') ? (event) => { if (isForCanvas(event, canvas)) listener(event); } : listener, options);
  try {
    return start();
  } finally {
    delete window.addEventListener;
  }
}

/** Connects the page's events to the program. */
export function watchInput(app, host, canvas) {
  const wake = () => app._app_wake();
  for (const type of ['pointermove', 'pointerdown', 'pointerup', 'keydown', 'keyup', 'resize', 'focus', 'blur',
    'visibilitychange', 'orientationchange']) {
    window.addEventListener(type, wake, { passive: true, capture: true });
  }
  document.addEventListener('fullscreenchange', wake);
  for (const wish of ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)'])
    matchMedia(wish).addEventListener('change', () => app._app_theme());

  // Undo and redo hold everywhere but where a browser undoes what was typed.
  window.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) app._app_redo();
    else app._app_undo();
  }, true);

  // One finger taps, drags and scrolls, two enlarge; the canvas' mouse events that the browser makes of touches are
  // suppressed.
  let finger = null;
  const fingers = new Map();
  const between = () => {
    const [a, b] = [...fingers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  };
  for (const type of Object.keys(kPhases)) {
    canvas.addEventListener(type, (event) => {
      if (event.pointerType !== 'touch') return;
      const at = { x: event.clientX, y: event.clientY };
      if (type === 'pointerdown') {
        if (fingers.size === 2) return;
        fingers.set(event.pointerId, at);
        canvas.setPointerCapture(event.pointerId);
        if (fingers.size === 2) {
          if (finger !== null) app._app_touch(kPhases.pointercancel, at.x, at.y, event.timeStamp);
          finger = null;
          return;
        }
        finger = event.pointerId;
      }
      if (!fingers.has(event.pointerId)) return;
      const before = fingers.size === 2 ? between() : null;
      fingers.set(event.pointerId, at);
      if (before !== null && type === 'pointermove') {
        const now = between();
        app._app_pinch(now.x, now.y, now.apart / before.apart, now.x - before.x, now.y - before.y);
      }
      if (event.pointerId === finger) app._app_touch(kPhases[type], at.x, at.y, event.timeStamp);
      if (type === 'pointerup' || type === 'pointercancel') {
        fingers.delete(event.pointerId);
        if (event.pointerId === finger) finger = null;
      }
    });
  }
  for (const type of ['touchstart', 'touchmove', 'touchend', 'touchcancel']) {
    window.addEventListener(type, (event) => {
      event.stopImmediatePropagation();
      if (event.target === canvas && event.cancelable) event.preventDefault();
    }, { capture: true, passive: false });
  }
  // The window library listens passively on the document and would complain; the wheel is handed over here instead.
  window.addEventListener('wheel', (event) => {
    event.stopImmediatePropagation();
    if (event.target !== canvas || event.ctrlKey) return;  // with Ctrl it zooms the page
    event.preventDefault();
    const unit = [100, 3, 1][event.deltaMode] ?? 100;  // pixels, lines or pages in one notch
    app._app_wheel(-event.deltaX / unit, -event.deltaY / unit);
  }, { capture: true, passive: false });
  // The browser's own menu saves and copies the canvas. A long press with a finger is the program's.
  canvas.addEventListener('contextmenu', (event) => { if (event.pointerType === 'touch') event.preventDefault(); });
  // The menu takes the release of the right button, so the program must not learn of the press.
  for (const type of ['mousedown', 'mouseup']) {
    window.addEventListener(type, (event) => { if (event.button === 2) event.stopImmediatePropagation(); }, true);
  }
  window.addEventListener('popstate', (event) => host.followHistory(event.state));

  const asTheyAre = (files) => [...files].map((file) => ({ file, label: '' }));
  for (const [id, take] of [['photo-input', asTheyAre], ['camera-input', asTheyAre],
    ['folder-input', withFolderLabels], ['weights-input', asTheyAre]]) {
    const input = document.getElementById(id);
    input.addEventListener('change', () => {
      const entries = take(input.files);
      input.value = '';
      if (entries.length > 0) host.takeFiles(entries);
    });
  }

  // The browser tells of a refused camera as of a closed dialog.
  document.getElementById('camera-input').addEventListener('cancel', () => {
    host.message('No photo came from the camera — if it was refused, allow it in the browser’s settings, or add a photo from a file', false);
  });

  let depth = 0;
  const dragging = (on) => app._app_dragging(on ? 1 : 0);
  window.addEventListener('dragenter', (event) => {
    event.preventDefault();
    depth += 1;
    dragging(true);
  });
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) dragging(false);
  });
  window.addEventListener('drop', async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    depth = 0;
    dragging(false);
    if (!event.dataTransfer) return;
    const isLink = event.dataTransfer.types.includes('text/uri-list');
    host.takeFiles(await filesOfTransfer(event.dataTransfer), isLink);
  }, true);
  window.addEventListener('paste', async (event) => {
    if (!event.clipboardData) return;
    const entries = await filesOfTransfer(event.clipboardData);
    if (entries.length > 0) host.takeFiles(entries);
  });

  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault();
    app._app_context(1);
  });
  canvas.addEventListener('webglcontextrestored', () => app._app_context(0));
}
