// Puts the parts of the loader together: who starts what, when, and with whose consent.

import { takeToken } from './arrival.js';
import { createButton } from './button.js';
import { chunk } from './chunk.js';
import { deploymentModule } from './deployment.js';
import { json } from './data.js';
import { createEvents } from './events.js';
import { guard, warn } from './guard.js';
import { identify, mintId } from './ids.js';
import { createKeep } from './keep.js';
import { watchNavigation } from './navigation.js';
import { pageOf } from './page.js';
import { retry } from './retry.js';
import { createShell } from './shell.js';
import { createStage } from './stage.js';
import { takeOverQueue } from './tracker.js';
import { whenBody, whenIdle, whenParsed } from './when.js';
import { createWidgets } from './widgets.js';

/** A command that cannot be handed to Go for so long, because the relay does not answer, is rejected, ms. */
const patience = 30000;

/**
 * Makes the public globals; start does everything else.
 * @param {Window} win
 * @param {Tag} tag
 */
export function createApp(win, tag) {
  const doc = win.document;
  // Before any script of the page may read the address.
  const token = takeToken(win);
  const who = identify(doc, tag.hosted ? win.location.hash : '');
  const { ids } = who;
  const stage = createStage(doc, { base: tag.base, main: () => widgets.settings.part('main') });

  /** @type {Deployment | undefined} */
  let deployment;
  /** @type {ReturnType<typeof createKeep> | undefined} */
  let keep;
  /** @type {ReturnType<typeof import('./go/go.js').createGo> | undefined} what foyer-go.js brings, once it is there */
  let go;
  /** @type {ReturnType<typeof createButton> | undefined} */
  let button;
  /** @type {Record<string, any>} options of _gt's config */
  let config = {};
  /** @type {boolean | undefined} what the page said; undefined: nothing */
  let consent;
  /** The visitor opened the chat, here or on an earlier page: consent to what the chat needs. */
  let chose = false;
  /** Events may go: what waited was sent, and Go is on its way. */
  let tracking = false;
  /** Go is wanted: it starts as soon as it may. */
  let wanted = false;
  /** The page wants what is more than the tracker. */
  let chatting = tag.chat && !tag.waits;
  /** The deployment was asked for. */
  let asked = false;

  const texts = (/** @type {string} */ key, /** @type {string} */ fallback) => deployment?.texts?.[key] || fallback;

  // Consent.
  /** Consented, or need not be asked. Opening the chat is consent to the chat, and to nothing else. */
  const agreed = () => consent ?? !deployment?.consent;
  const mayKeep = () => !!deployment && (agreed() || chose);
  /** What joins two sites is never done on the strength of an opened chat alone. */
  const mayJoin = () => !!deployment && agreed();
  const optedOut = () => !!win.navigator.globalPrivacyControl || win.navigator.doNotTrack === '1';
  const mayTrack = () => !!deployment?.monitoring && agreed() && (consent === true || !optedOut());

  function onConsent() {
    noteLast();
    if (consent === false) {
      tracking = false;
      events.clear();
      for (const key of /** @type {const} */ (['events', 'user'])) keep?.write(key, null);
    }
    if (mayKeep()) {
      if ((mayTrack() || (chose && consent !== false)) && who.keep(config.domain)) events.renamed();
      if (mayTrack() && !tracking) {
        tracking = true;
        resume();
        const userID = keep?.read('user');
        if (userID && who.newVisit) events.add('SYSTEM', 'UserInfo', { userID });
        tell('tracked')();
        for (const event of events.pending()) go?.send({ t: 'track', event });
        whenIdle(win, savesData() ? sendLeanly : startGo);
      }
      if (wanted) startGo();
      else if (deployment?.seeks || settings.part('main').identity || doc.querySelector('[data-identity]')) whenIdle(win, startGo);
    } else if (consent === false) {
      keep?.forget();
      stopGo();
    }
  }

  // Events of this page.
  /** The tracker's options: those of _gt, and those that the widgets take for it. */
  const tracker = () => ({ ...win._genesys?.widgets?.gwe, ...config });
  /** Events of a page that Go does not know yet go with the message that tells of the page. */
  let moving = false;
  const events = createEvents(win, ids, tracker, () => consent === false, (event) => {
    if (tracker().debug) console.info('[foyer] event', event);
    if (!tracking) return;
    if (!moving) go?.send({ t: 'track', event });
    courier?.wake();
  });
  const noteLast = () => go?.last(mayTrack() ? events.last() : []);
  events.watch(noteLast);

  /** @type {typeof import('./leftovers.js').createLeftovers | undefined} comes with what sends events */
  let createLeftovers;
  /** @type {ReturnType<typeof import('./leftovers.js').createLeftovers> | undefined} */
  let leftovers;

  /** Takes up what earlier pages could not send. */
  function resume() {
    if (tracking && keep && createLeftovers) leftovers ||= createLeftovers(win, events, keep);
  }

  const savesData = () => {
    const { saveData, effectiveType } = win.navigator.connection || {};
    return !!saveData || /2g/.test(effectiveType || '');
  };

  /** @type {ReturnType<typeof import('./lean.js').createCourier> | undefined} */
  let courier;

  /** Sends the events without Go, until the visitor wants it. */
  function sendLeanly() {
    /** @param {typeof import('./lean.js')} module */
    const use = ({ createCourier, ...module }) => {
      createLeftovers = module.createLeftovers;
      resume();
      courier = createCourier(win, {
        url: eventsUrl(),
        pending: () => (mayTrack() ? events.pending() : []),
        kept: events.kept,
        idle: () => !!go?.connected(),
      });
      courier.wake();
    };
    retry(win, chunk(tag.base + '/' + FOYER_LEAN), guard('foyer-lean.js', use), (error) => warn('no events are sent', error));
  }

  // Go.
  const widgets = createWidgets(win, {
    base: tag.base,
    ask(name, data, deferred, commander) {
      wake();
      if (name === 'WebChatService.verifySession' && nothingToVerify()) {
        deferred.resolve({ sessionActive: false });
        return;
      }
      if (name === 'WebChat.open' || name === 'Callback.open' || name === 'WebChatService.startChat') choose();
      command(name, data, deferred, commander);
      startGo();
    },
    wake,
    changed() {
      stage.dress();
      go?.configure();
    },
  });
  const { bus, settings } = widgets;
  /** Go need not start to find no chat. */
  const nothingToVerify = () => deployment && !go?.connected() && keep?.read('handle') === null && !pageKeepsChat();
  /** The page may have kept a chat itself, which Go asks it for. */
  const pageKeepsChat = () => {
    const webchat = settings.part('webchat');
    return [webchat.async, webchat.transport?.async].some((async) => async?.enabled && async.setSessionData);
  };
  /** The visitor is here: how long they were away decides about a kept chat. */
  function noteSeen() {
    if (mayKeep() && keep?.read('handle') !== null) keep?.write('seen', String(Date.now()));
  }

  /** Commands that wait for foyer-go.js. @type {Set<() => void>} */
  const early = new Set();

  /** @param {string} name @param {unknown} data @param {Deferred} deferred @param {string} commander */
  function command(name, data, deferred, commander) {
    if (go) {
      go.command(name, data, deferred, commander);
      return;
    }
    const hand = () => go?.command(name, data, deferred, commander);
    early.add(hand);
    win.setTimeout(() => {
      // Where it waits for the visitor's consent, it waits for a person.
      if ((!deployment || mayKeep()) && early.delete(hand)) deferred.reject('the chat cannot be reached');
    }, patience);
  }

  /** @type {() => Promise<typeof import('./go/go.js')>} */
  const goModule = chunk(tag.base + '/' + FOYER_GO);
  let bringing = false;

  /** Brings foyer-go.js. */
  function bringGo() {
    if (bringing) return;
    bringing = true;
    retry(win, goModule, guard('foyer-go.js', useGo), (error) => {
      bringing = false;
      warn('the chat could not be loaded', error);
    });
  }

  /** @param {typeof import('./go/go.js')} module */
  function useGo({ createGo, ...module }) {
    createLeftovers = module.createLeftovers;
    resume();
    go = createGo(win, {
      base: tag.base,
      relay: base(),
      deployment: deployment?.name || '',
      stage,
      widgets,
      hello: (pass) => ({
        t: 'hello',
        v: 1,
        page: pageOf(win, ids),
        ids,
        newVisit: who.newVisit,
        tracked: mayTrack(),
        tracker: trackerOf(tracker()),
        events: mayTrack() ? events.pending() : [],
        stored: keep?.all() || {},
        deployment,
        pass,
      }),
      store(key, value) {
        if (mayKeep()) keep?.write(key, value);
      },
      taken: events.kept,
      tracker: { ...events, page: () => ids.page, allowed: mayTrack },
      updateButton,
      onDrawn: () => shell.hide(),
      onRefused,
      onTick() {
        noteSeen();
        queue.refresh();
      },
      token,
      mayJoin,
    });
    noteLast();
    for (const hand of early) hand();
    early.clear();
    if (wanted) startGo();
  }

  function startGo() {
    wanted = true;
    if (!deployment || !mayKeep()) return;
    void stage.style();
    bringGo();
    go?.start(deployment.chat);
  }

  function stopGo() {
    wanted = false;
    go?.stop();
    shell.hide();
  }

  // The window, until Go draws it.
  const shell = createShell({
    texts,
    onClose() {
      shell.hide();
      updateButton({ visible: true });
      button?.focus();
      void bus.command('Foyer', 'WebChat.close', {});
    },
    onHosted: openHosted,
  });

  function openHosted() {
    if (!deployment || tag.hosted) return false;
    const url =
      base() + '/chat/?deployment=' + encodeURIComponent(deployment.name) +
      (mayTrack() ? '#visit=' + ids.visit + '&device=' + ids.device : '');
    const opened = win.open(url, 'foyer-' + deployment.name, 'popup,width=440,height=680');
    if (opened) shell.hide();
    return !!opened;
  }

  /** The visitor opens the chat. */
  function choose() {
    if (chose) return;
    chose = true;
    onConsent();
  }

  function onClick() {
    if (go?.refused() && openHosted()) return;
    if (!go?.ready()) shell.show(stage.root());
    void bus.command('Foyer', 'WebChat.open', {});
  }

  function onRefused() {
    updateButton({ visible: true });
    // The click may still be fresh enough for a window; else the shell offers it.
    if (shell.shown() && !openHosted()) shell.refuse();
  }

  // Start.
  const base = () => deployment?.base || tag.base;

  /** The page wants the chat. It may have waited with that until its configuration was complete. */
  function wake() {
    chatting = true;
    if (!asked) askRelay();
    else if (deployment && offers && !deployment.chat) {
      deployment.chat = true;
      beginChat();
      if (go?.connected()) go.again(); // Go heard of a page without chat
    }
  }

  function askRelay() {
    asked = true;
    widgets.begin();
    const guarded = guard('deployment', begin);
    retry(win, deploymentModule(tag, settings.hints()), (module) => guarded(module.default), (error) => {
      asked = false; // the next command asks again
      warn('the relay does not answer', error);
    });
  }

  /** The deployment has a chat, whether or not this page wants it. */
  let offers = false;

  /** @param {Deployment} found */
  function begin(found) {
    offers = found.chat;
    deployment = { ...found, chat: offers && chatting };
    keep = createKeep(win, found.name, (key, value) => go?.send({ t: 'stored', key, value }));
    const resuming = keep.read('handle') !== null;
    chose ||= resuming || tag.hosted;
    onConsent();
    // A window that is about to come back brings no button first.
    if (tag.hosted || (resuming && keep.read('window') !== null)) buttonState.visible = false;
    if (deployment.chat) beginChat();
    if (resuming || token) whenParsed(doc, startGo);
    if (tag.hosted) whenParsed(doc, onClick);
  }

  function beginChat() {
    for (const plugin of ['WebChat', 'WebChatService']) bus.registerPlugin(plugin).ready();
    whenBody(doc, () => void drawButton().catch((error) => warn('chat button', error)));
    if (pageKeepsChat()) whenParsed(doc, startGo);
    if (settings.part('webchat').autoInvite?.enabled) whenIdle(win, startGo);
    whenIdle(win, bringGo); // so that the first click need not wait for it
  }

  /** Pages of the vendor's widgets have a button where they ask for it. */
  function mayHaveButton() {
    const { enabled } = settings.part('webchat').chatButton || {};
    return !tag.hosted && (tag.button ? enabled !== false : enabled === true);
  }

  /** What the button shows as soon as it is drawn and styled. @type {{ visible?: boolean, unread?: number }} */
  const buttonState = { visible: true };
  let insisted = false;

  /** @param {{ visible?: boolean, unread?: number, asked?: boolean }} state asked: the page itself wants it now */
  function updateButton({ asked, ...state }) {
    Object.assign(buttonState, state);
    insisted = asked ?? insisted;
    button?.update({ ...buttonState, visible: buttonState.visible && (insisted || mayHaveButton()) });
  }

  /** The button that the page itself has written, where it has. */
  async function ownButton(/** @type {any} */ template) {
    try {
      return typeof template === 'string' && template ? (await widgets.loadCommon()).chatButton(template, deployment?.texts || {}) : undefined;
    } catch (error) {
      warn('chatButton.template', error);
    }
  }

  async function drawButton() {
    const look = settings.part('webchat').chatButton || {};
    const drawn = createButton({
      own: await ownButton(look.template),
      look,
      label: texts('ChatButton', 'Chat'),
      unread: texts('UnreadMessagesTitle', 'Unread messages'),
      onIntent() {
        if (deployment?.consent && !mayKeep()) return;
        startGo();
      },
      onClick,
    });
    stage.root().append(drawn.element);
    await stage.style();
    win.setTimeout(() => {
      button = drawn;
      updateButton({});
    }, look.openDelay || 0);
  }

  // The page comes and goes.
  function leave() {
    noteSeen();
    queue.refresh();
    if (mayTrack()) {
      const exit = events.pageExited();
      if (go?.connected()) go.send({ t: 'track', event: exit });
      else beacon(events.last());
      leftovers?.save();
    }
    go?.send({ t: 'page', what: 'leaving' });
    go?.leave();
  }

  /** Without a frame there is nobody else to send what is left. @param {PageEvent[]} list */
  function beacon(list) {
    if (list.length) win.navigator.sendBeacon(eventsUrl(), json(list));
  }

  const eventsUrl = () => base() + '/native/v1/events?deployment=' + encodeURIComponent(deployment?.name || '');

  /** A single-page navigation, or a page that came back: a new page of the same visit. @param {boolean} exited */
  function moved(exited) {
    const before = events.pending().length;
    moving = true;
    if (!exited) events.pageExited();
    ids.page = mintId();
    events.pageEntered();
    moving = false;
    if (mayTrack()) go?.send({ t: 'moved', page: pageOf(win, ids), ids, events: events.pending().slice(before) });
  }

  const on = (/** @type {EventTarget} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ fn) =>
    target.addEventListener(type, guard(type, fn));
  const tell = (/** @type {string} */ what) => () => void go?.send({ t: 'page', what });

  const queue = takeOverQueue(win, {
    ids: () => ids,
    event(type, name, data, category) {
      events.add(type, name, data, category);
      const user = data.userID ?? data.userId;
      if (user && type === 'SYSTEM' && mayTrack()) keep?.write('user', String(user).slice(0, 200));
    },
    config(options) {
      config = { ...config, ...options, domain: options.domain || options.domainName || config.domain };
    },
    consent(given) {
      const refused = consent === false;
      if (!given && !refused) who.forget(config.domain);
      if (!given) chose = false;
      consent = given;
      if (given && refused) enter();
      onConsent();
    },
    subscribe(channel, fn) {
      bus.registerPlugin('_gt').subscribe('GWE.' + channel, (/** @type {any} */ e) => fn(e.data));
    },
  });

  let started = false;

  /** The page is entered, unless the visitor refuses to be seen: then it is when they consent. */
  function enter() {
    if (!started || consent === false) return;
    if (who.newVisit) events.visitStarted();
    events.pageEntered();
  }

  return {
    /** The script was included again, perhaps under another of its names. @param {Tag} other */
    include(other) {
      tag.button ||= other.button;
      if (other.chat && !other.waits) wake();
      updateButton({});
    },
    start() {
      started = true;
      enter();
      if (!tag.waits) askRelay();
      on(win, 'pagehide', leave);
      on(win, 'pageshow', (event) => event.persisted && moved(true));
      on(doc, 'visibilitychange', () => {
        if (doc.visibilityState === 'visible') go?.alive();
        else if (mayTrack()) leftovers?.save();
        tell(doc.visibilityState)();
      });
      on(win, 'online', tell('online'));
      on(win, 'offline', tell('offline'));
      watchNavigation(win, guard('navigation', () => moved(false)));
    },
  };
}

/** What of the tracker's options Go needs: a page may have put there what cannot be posted. @param {Record<string, any>} options */
function trackerOf({ dslResource, disableWebSockets }) {
  return { dslResource: dslResource ? String(dslResource) : '', disableWebSockets: !!disableWebSockets };
}
