// On pages of somebody who has signed in: a page that the browser shows from its memory (Back) is loaded again, so that
// after a sign-out it shows nothing of the person before.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
