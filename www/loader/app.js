// Puts the parts of the loader together: who starts what, and when. consent.js has what may be done, tracking.js the events
// of the page, starter.js Go, and front.js what is shown before Go draws.

import { takeToken } from './arrival.js';
import { chunk } from './chunk.js';
import { createConsent } from './consent.js';
import { deploymentModule } from './deployment.js';
import { guard } from './guard.js';
import { identify } from './ids.js';
import { createKeep } from './keep.js';
import { watchNavigation } from './navigation.js';
import { bringer } from './retry.js';
import { createStarter } from './starter.js';
import { inSteps } from './steps.js';
import { takeOverQueue } from './tracker.js';
import { createTracking } from './tracking.js';
import { whenIdle, whenParsed } from './when.js';
import { createWidgets } from './widgets.js';

/**
 * Makes the public globals; start does everything else.
 * @param {Window} win
 * @param {Tag} tag
 * @param {Gate} gate
 */
export function createApp(win, tag, gate) {
  const doc = win.document;
  // Before any script of the page may read the address.
  const token = takeToken(win);
  const who = identify(doc, tag.hosted ? win.location.hash : '');
  const { ids } = who;

  /** @type {Deployment | undefined} */
  let deployment;
  /** The deployment has a chat, whether or not this page wants it. */
  let offers = false;
  /** @type {ReturnType<typeof createKeep> | undefined} */
  let keep;
  /** @type {typeof import('./front.js') | undefined} */
  let frontModule;
  /** @type {ReturnType<typeof import('./front.js').createFront> | undefined} */
  let front;
  /** @type {Record<string, any>} options of _gt's config */
  let config = {};
  /** The page wants what is more than the tracker. */
  let chatting = tag.chat && !tag.waits;
  /** The page was entered, unless the visitor refuses to be seen: then it is when they consent. */
  let entered = false;

  const base = () => deployment?.base || tag.base;
  const consent = createConsent(win.navigator, () => deployment);
  const go = () => starter.go();
  const tell = (/** @type {string} */ what) => void go()?.send({ t: 'page', what });
  /** The tracker's options: those of _gt, and those that the widgets take for it. */
  const options = () => ({ ...win._genesys?.widgets?.gwe, ...config });

  const tracking = createTracking(win, {
    base: tag.base,
    url: () => base() + '/native/v1/events?deployment=' + encodeURIComponent(deployment?.name || ''),
    ids,
    options,
    consent,
    keep: () => keep,
    go,
  });
  const { events } = tracking;

  const widgets = createWidgets(win, {
    base: tag.base,
    ask(name, data, deferred, commander) {
      wake();
      if (name === 'WebChatService.verifySession' && nothingToVerify()) {
        deferred.resolve({ sessionActive: false });
        return;
      }
      if (/^(WebChat|Callback)\.open$|\.startChat$/.test(name) && consent.choose()) onConsent();
      tracking.release(); // the command is about the page of now
      starter.command(name, data, deferred, commander);
      starter.want();
    },
    wake,
    changed() {
      front?.stage.dress();
      go()?.configure();
    },
  });
  const { bus, settings } = widgets;

  /** Go need not start to find no chat. */
  const nothingToVerify = () => deployment && !go()?.connected() && keep?.read('handle') === null && !pageKeepsChat();
  /** The page may have kept a chat itself, which Go asks it for. */
  const pageKeepsChat = () => {
    const webchat = settings.part('webchat');
    return [webchat.async, webchat.transport?.async].some((async) => async?.enabled && async.setSessionData);
  };
  /** The visitor is here: how long they were away decides about a kept chat. */
  function noteSeen() {
    if (consent.mayKeep() && keep?.read('handle') !== null) keep?.write('seen', String(Date.now()));
  }

  function onConsent() {
    tracking.noteLast();
    if (consent.refused()) tracking.stop();
    if (consent.mayKeep()) {
      if (consent.mayName() && who.keep(config.domain)) events.renamed();
      if (tracking.begin(who.newVisit)) whenIdle(win, savesData() ? tracking.leanly : starter.want);
      if (starter.wanted()) starter.want();
      else if (deployment?.seeks || settings.part('main').identity || doc.querySelector('[data-identity]')) whenIdle(win, starter.want);
    } else if (consent.refused()) {
      keep?.forget();
      starter.stop();
      front?.uncover();
    }
  }

  const savesData = () => {
    const { saveData, effectiveType } = win.navigator.connection || {};
    return !!saveData || /2g/.test(effectiveType || '');
  };

  // What comes later.
  /** @type {() => Promise<typeof import('./front.js')>} */
  const loadFront = chunk(tag.base + '/' + FOYER_FRONT);
  const bringFront = bringer(win, 'the chat button could not be loaded', () => loadFront, (module) => {
    frontModule = module;
    showFront();
  });

  /** Shows the chat button where there is to be one, as soon as all is there that it needs. */
  function showFront() {
    if (!deployment || !frontModule) return;
    front ||= frontModule.createFront(win, {
      tag,
      gate,
      deployment,
      widgets,
      go,
      consent,
      // A window that is about to come back brings no button first.
      returning: keep?.read('handle') !== null && keep?.read('window') !== null,
      intend() {
        if (!deployment?.consent || consent.mayKeep()) starter.want();
      },
      visit: () => (consent.mayTrack() ? '#visit=' + ids.visit + '&device=' + ids.device : ''),
    });
    if (deployment.chat) inSteps(front.draw);
  }

  /** @type {() => Promise<typeof import('./go/go.js')>} */
  const loadGo = chunk(tag.base + '/' + FOYER_GO);
  const starter = createStarter(win, {
    // What Go shows stands where the front does.
    load: () => Promise.all([loadGo(), loadFront()]),
    make: makeGo,
    may: () => !!deployment && consent.mayKeep(),
    asks: () => !!deployment && !consent.mayKeep(),
    start(go) {
      void front?.stage.style();
      go?.start(!!deployment?.chat);
    },
  });

  /** @param {[typeof import('./go/go.js'), typeof import('./front.js')]} modules */
  function makeGo([{ createGo, ...module }, ofFront]) {
    frontModule = ofFront;
    showFront();
    tracking.resume(module);
    const { stage, effects, uncover, onRefused } = /** @type {NonNullable<typeof front>} */ (front);
    const go = createGo(win, {
      base: tag.base,
      relay: base(),
      deployment: deployment?.name || '',
      stage,
      widgets,
      state: () => ({
        ids,
        newVisit: who.newVisit,
        tracked: consent.mayTrack(),
        tracker: options(),
        events: tracking.pending(),
        stored: keep?.all() || {},
        deployment: /** @type {Deployment} */ (deployment),
      }),
      store(key, value) {
        if (consent.mayKeep()) keep?.write(key, value);
      },
      taken: events.kept,
      tracker: { ...events, page: () => ids.page, allowed: consent.mayTrack },
      button: effects,
      onDrawn: uncover,
      onRefused,
      onTick() {
        noteSeen();
      },
      token,
      mayJoin: consent.mayJoin,
    });
    go.last(consent.mayTrack() ? events.last() : []);
    return go;
  }

  // What the relay says.
  const askRelay = bringer(win, 'the relay does not answer', () => {
    widgets.begin();
    return deploymentModule(tag, settings.hints());
  }, (module) => begin(module.default));

  /** The page wants the chat. It may have waited with that until its configuration was complete. */
  function wake() {
    chatting = true;
    askRelay();
    bringFront();
    if (deployment && offers && !deployment.chat) {
      deployment.chat = true;
      beginChat();
      if (go()?.connected()) go()?.again(); // Go heard of a page without chat
    }
  }

  /** @param {Deployment} found */
  function begin(found) {
    offers = found.chat;
    deployment = { ...found, chat: offers && chatting };
    keep = createKeep(win, found.name, (key, value) => go()?.send({ t: 'stored', key, value }));
    const resuming = keep.read('handle') !== null;
    if (resuming || tag.hosted) consent.choose();
    onConsent();
    if (deployment.chat) beginChat();
    else showFront();
    if (resuming || token) whenParsed(doc, starter.want);
  }

  function beginChat() {
    for (const plugin of ['WebChat', 'WebChatService']) bus.registerPlugin(plugin).ready();
    showFront();
    if (pageKeepsChat()) whenParsed(doc, starter.want);
    const { autoInvite, proactive } = settings.part('webchat');
    if ((autoInvite || proactive)?.enabled) whenIdle(win, starter.want);
    whenIdle(win, starter.bring); // so that the first click need not wait for it
  }

  // The page comes and goes.
  function leave() {
    noteSeen();
    queue.refresh();
    tracking.leave();
    tell('leaving');
    go()?.leave();
  }

  const on = (/** @type {EventTarget} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ fn) =>
    target.addEventListener(type, guard(type, fn));

  let started = false;

  const queue = takeOverQueue(win, {
    ids: () => ids,
    event(type, name, data, category) {
      if (started) enter();
      events.add(type, name, data, category);
      const user = data.userID ?? data.userId;
      if (user && type === 'SYSTEM' && consent.mayTrack()) keep?.write('user', String(user).slice(0, 200));
    },
    config(options) {
      config = { ...config, ...options, domain: options.domain || options.domainName || config.domain };
    },
    consent(given) {
      if (!given && !consent.refused()) who.forget(config.domain);
      if (!given) entered = false;
      consent.say(given);
      if (started) enter();
      onConsent();
    },
    subscribe(channel, fn) {
      bus.registerPlugin('_gt').subscribe('GWE.' + channel, (/** @type {any} */ e) => fn(e.data));
    },
  });

  function enter() {
    if (entered || consent.refused()) return;
    entered = true;
    if (who.newVisit) events.visitStarted();
    tracking.enter();
  }

  return {
    /** The script was included again, perhaps under another of its names. @param {Tag} other */
    include(other) {
      tag.button ||= other.button;
      if (other.chat && !other.waits) wake();
      front?.update({});
    },
    start() {
      started = true;
      inSteps(
        () => {
          if (!tag.waits) askRelay();
          if (chatting) bringFront();
        },
        () => {
          enter();
          on(win, 'pagehide', leave);
          on(win, 'pageshow', (event) => event.persisted && tracking.moved(true));
          on(doc, 'visibilitychange', () => {
            if (doc.visibilityState === 'visible') go()?.alive();
            else tracking.save();
            tell(doc.visibilityState);
          });
          for (const what of ['online', 'offline']) on(win, what, () => tell(what));
          watchNavigation(win, guard('navigation', () => tracking.moved(false)));
        },
      );
    },
  };
}
