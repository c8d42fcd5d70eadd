// A visitor who comes from another site of the deployment, in the middle of a chat, brings a one-time token behind the #.

/** What www/loader/handoff puts there, behind whatever the link itself had. */
const brought = /[#&]foyer=([\w-]{43})$/;

/**
 * Takes the token out of the address, before anybody else reads it. Neither an event nor an entry of the history is left.
 * @param {Window} win @returns {string} "" where there is none
 */
export function takeToken({ location, history }) {
  const found = brought.exec(location.hash);
  if (!found) return '';
  history.replaceState(history.state, '', location.href.slice(0, -found[0].length));
  return found[1];
}
