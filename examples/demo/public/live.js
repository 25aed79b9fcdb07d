/* global URLSearchParams, document, fetch, location, setTimeout */
// Keeps an open page true: adds what happened since it came, and notices when its session is gone.
const main = document.querySelector('main');
const { session } = main.dataset;

async function look() {
  const query = new URLSearchParams({ after: main.dataset.last, session });
  const answer = await fetch(`/news?${query}`);
  if (!answer.ok) return;
  const news = await answer.json();
  document.querySelector('#story').insertAdjacentHTML('afterbegin', news.items);
  main.dataset.last = news.last;
  if (news.session !== session) react(news);
}

function react(news) {
  // Signed in by another tab, or as somebody else: this page is simply old.
  if (news.session) return location.reload();
  const signedIn = document.querySelector('#signed-in');
  if (!signedIn) return;
  signedIn.remove();
  document.querySelector('#reason').textContent = news.reason ?? 'This session is not known here any more.';
  document.querySelector('#ended').hidden = false;
}

async function watch() {
  // While the app is away the page stays as it is, and looks again.
  await look().catch(() => undefined);
  setTimeout(watch, 600);
}

watch();
