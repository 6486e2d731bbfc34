
'use strict';
// Buttons post to /local, then the page is loaded again. Nothing else happens here.
const status = document.getElementById('status');
const buttons = document.querySelectorAll('button[data-advance], button[data-value]');
const isVirtual = document.body.dataset.clock === 'virtual';

async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.ok) return;
  let words = await answer.text();
  try { words = JSON.parse(words).error || words; } catch { /* not JSON: as it is */ }
  throw new Error(`${answer.status} ${words}`);
}

const advance = (span) => post('/local/clock', { advance: span });

// What went wrong is said where the button is, and stays there until the next one is used.
function complain(button, error) {
  const words = status.dataset.failed + error.message;
  const place = button.closest('li, header').querySelector('[role=alert]');
  place.textContent = words;
}

async function run(button, work) {
  const began = Date.now();
  const progress = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    status.textContent = status.dataset.working + (seconds ? ` ${seconds} s` : '');
  };
  for (const place of document.querySelectorAll('[role=alert]')) place.textContent = '';
  for (const each of buttons) each.disabled = true;
  button.setAttribute('aria-busy', 'true');
  progress();
  const ticking = setInterval(progress, 1000);
  try {
    await work();
    location.reload();
  } catch (error) {
    status.textContent = '';
    button.removeAttribute('aria-busy');
    for (const each of buttons) each.disabled = false;
    complain(button, error);
  } finally {
    clearInterval(ticking);
  }
}

async function press({ community, member, message, value }) {
  await post('/local/press', { community, member, message_id: message, value });
  // On the machine's clock the functions run by themselves: give them a moment.
  await (isVirtual ? advance('PT0S') : new Promise((done) => setTimeout(done, 1500)));
}

for (const button of buttons) {
  button.disabled = false; // Firefox remembers it from before the reload.
  button.addEventListener('click', () => {
    const asked = button.dataset;
    run(button, () => (asked.advance ? advance(asked.advance) : press(asked)));
  });
}
// The newest message is the one to read.
for (const chat of document.querySelectorAll('.chat ol')) chat.scrollTop = chat.scrollHeight;
