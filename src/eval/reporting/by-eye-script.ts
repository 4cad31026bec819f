/** @file The script of the page by-eye.html, as text: a page that stands alone has no modules. */

export const BY_EYE_SCRIPT = `
'use strict';
const { title, cases, methods } = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const form = byId('choose'), trial = byId('trial'), answers = byId('answers'), status = byId('status'), result = byId('result');
let question, order, at, given, shownAt, swap;

for (const select of form.querySelectorAll('select.method')) {
  for (const name of methods) select.add(new Option(name, name));
}
if (methods.length > 1) form.b.selectedIndex = 1;
const adapt = () => { byId('other').hidden = form.question.value !== 'better'; };
form.question.addEventListener('change', adapt);
adapt();

form.addEventListener('submit', (event) => {
  event.preventDefault();
  question = { kind: form.question.value, a: form.a.value, b: form.b.value };
  if (question.kind === 'better' && question.a === question.b) {
    status.textContent = 'Choose two different methods.';
    return;
  }
  const has = (one) => one.fills[question.a] && (question.kind === 'real' || one.fills[question.b]);
  order = shuffled(cases.filter(has));
  at = 0;
  given = [];
  document.activeElement.blur(); // the space bar answers now
  result.replaceChildren();
  show();
});

function shuffled(all) {
  const out = [...all];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

function picture(address, words) {
  const image = document.createElement('img');
  image.src = address;
  image.alt = words;
  return image;
}

function button(words, act, content) {
  const made = document.createElement('button');
  made.type = 'button';
  made.append(content ?? words);
  if (content) made.setAttribute('aria-label', words);
  made.addEventListener('click', act);
  return made;
}

function show() {
  if (at >= order.length) return finish();
  const one = order[at];
  swap = Math.random() < 0.5;
  shownAt = performance.now();
  status.textContent = (at + 1) + ' of ' + order.length;
  if (question.kind === 'better') {
    const sides = swap ? [question.b, question.a] : [question.a, question.b];
    trial.replaceChildren(
      button('The left one is better', () => answer('left'), picture(one.fills[sides[0]], 'Left picture')),
      button('The right one is better', () => answer('right'), picture(one.fills[sides[1]], 'Right picture')),
    );
    answers.replaceChildren(button('Cannot tell (space)', () => answer('none')), button('Stop here', finish));
  } else {
    trial.replaceChildren(picture(swap ? one.truth : one.fills[question.a], 'A picture, real or filled'));
    answers.replaceChildren(
      button('Real (r)', () => answer('real')), button('Filled (f)', () => answer('filled')), button('Stop here', finish),
    );
  }
}

function answer(choice) {
  const one = order[at];
  const seconds = Math.round((performance.now() - shownAt) / 10) / 100;
  const common = { holes: one.protocol, picture: one.picture, seconds };
  if (question.kind === 'better') {
    const [left, right] = swap ? [question.b, question.a] : [question.a, question.b];
    given.push({ ...common, left, right, better: choice === 'left' ? left : choice === 'right' ? right : null });
  } else given.push({ ...common, shown: swap ? 'real' : question.a, said: choice });
  at++;
  show();
}

addEventListener('keydown', (event) => {
  if (!order || at >= order.length || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = question.kind === 'better' ? { ArrowLeft: 'left', ArrowRight: 'right', ' ': 'none' } : { r: 'real', f: 'filled' };
  const choice = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (choice === undefined || (event.key === ' ' && event.target.closest('button'))) return;
  event.preventDefault();
  answer(choice);
});

// Wilson 1927: the interval of a share that holds for few answers too.
function share(count, n) {
  if (n === 0) return 'no answers';
  const z = 1.96, p = count / n, d = 1 + (z * z) / n;
  const middle = (p + (z * z) / (2 * n)) / d, half = (z / d) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const percent = (x) => (100 * Math.max(0, Math.min(1, x))).toFixed(0);
  return count + ' of ' + n + ': ' + percent(p) + ' % [' + percent(middle - half) + ', ' + percent(middle + half) + ']';
}

function lines() {
  if (question.kind === 'better') {
    const told = given.filter(({ better }) => better !== null);
    const of = (name) => told.filter(({ better }) => better === name).length;
    return [
      question.a + ' better than ' + question.b + ': ' + share(of(question.a), told.length),
      'could not tell: ' + (given.length - told.length) + ' of ' + given.length,
    ];
  }
  const fills = given.filter(({ shown }) => shown !== 'real'), real = given.filter(({ shown }) => shown === 'real');
  const asReal = (some) => some.filter(({ said }) => said === 'real').length;
  return [
    'fills of ' + question.a + ' taken for real: ' + share(asReal(fills), fills.length),
    'real pictures taken for real: ' + share(asReal(real), real.length),
  ];
}

function finish() {
  at = order.length;
  trial.replaceChildren();
  answers.replaceChildren();
  status.textContent = given.length + ' answers';
  const summary = lines();
  const save = button('Save as JSON', () => {
    const text = JSON.stringify({ evaluation: title, question, summary, answers: given, at: new Date().toISOString() }, null, 2);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = 'by-eye.json';
    link.click();
    URL.revokeObjectURL(link.href);
  });
  result.replaceChildren(...summary.map((line) => Object.assign(document.createElement('p'), { textContent: line })), save);
  save.focus();
}
`;
