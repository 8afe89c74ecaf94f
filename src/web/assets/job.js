// The page of work under way looks by itself how far it is, and goes where the outcome is. Without this, its link does.
const EVERY_MS = 1000;
const here = document.getElementById('job');

async function look() {
  const answer = await fetch(location.href, { redirect: 'manual' });
  if (answer.type === 'opaqueredirect') return location.reload(); // it has ended: follow
  if (answer.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const there = page.getElementById('job');
    // Only what moved is put in place: a screen reader says each change once.
    if (there !== null && !there.isEqualNode(here)) here.replaceChildren(...there.childNodes);
  }
  setTimeout(again, EVERY_MS);
}

function again() {
  look().catch(() => setTimeout(again, 5 * EVERY_MS)); // the service is away for a moment
}

setTimeout(again, EVERY_MS);
