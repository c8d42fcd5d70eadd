// What Go is told of the page when it first hears of it.

import { pageOf } from '../page.js';

/**
 * @typedef {{
 *   ids: Ids,
 *   newVisit: boolean,
 *   tracked: boolean,
 *   tracker: Record<string, any>,
 *   events: PageEvent[],
 *   stored: Record<string, string>,
 *   deployment: Deployment,
 * }} State tracker: its options, as the page gave them; stored: what is kept first-party
 */

/** @param {Window} win @param {State} state @param {string} pass @param {string} handoff @returns {MessageToGo<'hello'>} */
export function helloOf(win, { tracker, ...state }, pass, handoff) {
  // Only what Go needs: a page may have put there what cannot be posted.
  const { dslResource, disableWebSockets } = tracker;
  return {
    ...state,
    t: 'hello',
    v: 1,
    page: pageOf(win, state.ids),
    tracker: { dslResource: dslResource ? String(dslResource) : '', disableWebSockets: !!disableWebSockets },
    pass,
    handoff,
  };
}
