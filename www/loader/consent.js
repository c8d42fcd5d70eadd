// What the visitor has agreed to, and what follows from it: what may be kept, sent, and joined with other sites.

/**
 * @param {Navigator} navigator
 * @param {() => Deployment | undefined} deployment undefined: not known yet, and nothing is allowed
 */
export function createConsent(navigator, deployment) {
  /** @type {boolean | undefined} what the page said; undefined: nothing */
  let given;
  /** The visitor opened the chat, here or on an earlier page: consent to what the chat needs, and to nothing else. */
  let chose = false;

  /** Consented, or need not be asked. */
  const agreed = () => !!deployment() && (given ?? !deployment()?.consent);
  const optedOut = () => !!navigator.globalPrivacyControl || navigator.doNotTrack === '1';
  const mayTrack = () => agreed() && !!deployment()?.monitoring && (given || !optedOut());

  return {
    refused: () => given === false,
    mayTrack,
    mayKeep: () => agreed() || (chose && !!deployment()),
    /** What joins two sites is never done on the strength of an opened chat alone. */
    mayJoin: agreed,
    /** The ids of visit and device may be kept. */
    mayName: () => mayTrack() || (chose && given !== false),
    /** The page tells what the visitor said. @param {boolean} yes */
    say(yes) {
      given = yes;
      chose &&= yes;
    },
    /** The visitor opens the chat. @returns {boolean} for the first time */
    choose() {
      const before = chose;
      chose = true;
      return !before;
    },
  };
}
