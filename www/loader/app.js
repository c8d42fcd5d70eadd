// Puts the parts of the loader together: who starts what, when, and with whose consent.

import { createButton } from './button.js';
import { fetchDeployment } from './deployment.js';
import { createEvents } from './events.js';
import { createFrame } from './frame.js';
import { guard, warn } from './guard.js';
import { identify, mintId } from './ids.js';
import { createKeep } from './keep.js';
import { createLink } from './link.js';
import { watchNavigation } from './navigation.js';
import { pageOf } from './page.js';
import { createShell } from './shell.js';
import { createStage } from './stage.js';
import { takeOverQueue } from './tracker.js';
import { whenBody, whenIdle, whenParsed } from './when.js';
import { createWidgets } from './widgets.js';

/** Services that foyer-common.js brings. */
const ofOldWays = /^(fn|test|field)$/;

/**
 * Makes the public globals; start does everything else.
 * @param {Window} win
 * @param {Tag} tag
 */
export function createApp(win, tag) {
  const doc = win.document;
  const who = identify(doc, tag.hosted ? win.location.hash : '');
  const { ids } = who;
  const stage = createStage(doc, { base: tag.base, main: () => widgets.settings.part('main') });

  /** @type {Deployment | undefined} */
  let deployment;
  /** @type {ReturnType<typeof createKeep> | undefined} */
  let keep;
  /** @type {ReturnType<typeof createFrame> | undefined} */
  let frame;
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
  const mayKeep = () => !!deployment && (!deployment.consent || consent === true || chose) && consent !== false;
  const optedOut = () => !!win.navigator.globalPrivacyControl || win.navigator.doNotTrack === '1';
  const mayTrack = () => !!deployment?.monitoring && mayKeep() && (consent === true || !optedOut());

  function onConsent() {
    noteLast();
    if (mayKeep()) {
      if (mayTrack() || chose) who.keep(config.domain);
      if (mayTrack() && !tracking) {
        tracking = true;
        for (const event of events.pending()) link.send({ t: 'track', event });
        whenIdle(win, startGo);
      }
      if (wanted) startGo();
    } else if (consent === false) {
      tracking = false;
      who.forget(config.domain);
      keep?.forget();
      events.clear();
      stopGo();
    }
  }

  // Events of this page.
  const events = createEvents(win, ids, (event) => {
    if (mayTrack()) link.send({ t: 'track', event });
  });
  const noteLast = () => frame?.last(mayTrack() ? events.last() : []);
  events.watch(noteLast);

  // Go.
  const widgets = createWidgets(win, {
    base: tag.base,
    ask(name, data, deferred, commander) {
      wake();
      if (name === 'WebChatService.verifySession' && nothingToVerify()) {
        deferred.resolve({ sessionActive: false });
        return;
      }
      link.command(name, data, deferred, commander);
      if (name === 'WebChat.open' || name === 'WebChatService.startChat') choose();
      startGo();
    },
    wake,
    changed: () => link.configure(false),
  });
  const { bus, settings, references } = widgets;
  /** Go need not start to find no chat. */
  const nothingToVerify = () => deployment && !link.connected() && keep?.read('handle') === null && !pageKeepsChat();
  /** The page may have kept a chat itself, which Go asks it for. */
  const pageKeepsChat = () => {
    const webchat = settings.part('webchat');
    return [webchat.async, webchat.transport?.async].some((async) => async?.enabled && async.setSessionData);
  };
  /** The visitor is here: how long they were away decides about a kept chat. */
  function noteSeen() {
    if (mayKeep() && keep?.read('handle') !== null) keep?.write('seen', String(Date.now()));
  }

  /** Services of the page protocol; those that other files bring are added when they come. @type {Record<string, (args: any) => unknown>} */
  const services = {};
  services.button = updateButton;
  /** Puts an element of the page's own into the window. @param {{ into: string, el: unknown }} args */
  services.place = ({ into, el }) => doc.querySelector(into)?.append(references.unpack(el));

  const link = createLink(win, {
    hello: (pass) => ({
      t: 'hello',
      v: 1,
      page: pageOf(win, ids),
      ids,
      newVisit: who.newVisit,
      events: mayTrack() ? events.pending() : [],
      stored: keep?.all() || {},
      deployment,
      pass,
    }),
    config: settings.message,
    pack: widgets.pack,
    unpack: references.unpack,
    on: {
      welcome: () => (renew = view?.renew()),
      publish: ({ name, data, sticky }) => bus.emit(name.split('.')[0], name, references.unpack(data), sticky),
      mirror: ({ key, value }) => bus.mirror(key, value),
      store: ({ key, value }) => {
        if (mayKeep()) keep?.write(key, value);
      },
      view: show,
      call: serve,
      gone: ({ reason }) => {
        if (reason === 'pass') frame?.renew();
      },
      kept: (message) => events.kept(message.ids || []),
      log: ({ level, text }) => console[level === 'error' ? 'error' : level === 'warn' ? 'warn' : 'info']('[foyer] ' + text),
    },
    again: () => frame?.again(),
    tick() {
      noteSeen();
      frame?.ensure();
      stage.ensure();
    },
  });

  function startGo() {
    wanted = true;
    if (!frame || !mayKeep()) return;
    void stage.style();
    if (deployment?.chat) loadView();
    frame.open();
  }

  function stopGo() {
    wanted = false;
    link.leave();
    frame?.close();
    shell.hide();
  }

  /** @param {Message} call */
  function serve({ n, service, args }) {
    Promise.resolve(services[service] ? undefined : ofOldWays.test(service) ? widgets.loadCommon() : loadView())
      .then((loaded) => (services[service] || loaded?.services[service])(args || {}))
      .then(
        (value) => n && link.send({ t: 'result', n, ok: true, value }),
        (error) => {
          warn('service ' + service, error);
          if (n) link.send({ t: 'result', n, ok: false, value: String(error) });
        },
      );
  }

  // The window.
  /** @type {ReturnType<typeof import('./view/view.js').createView> | undefined} */
  let view;
  /** @type {Promise<void> | undefined} */
  let loading;
  /** @type {Message[]} differences that came before the view */
  let early = [];
  /** @type {((root: string) => void) | undefined} */
  let renew;

  function loadView() {
    return (loading ||= import(/* the path is the bundler's */ tag.base + '/' + FOYER_VIEW).then(
      guard('view', (/** @type {typeof import('./view/view.js')} */ module) => {
        view = module.createView({ parent: stage.root, send: link.send, warn });
        Object.assign(services, module.createViewServices(win, { root: stage.root, base: tag.base }));
        early.splice(0).forEach(show);
      }),
      (error) => {
        loading = undefined;
        warn('the chat window could not be loaded', error);
      },
    ));
  }

  /** @param {Message} message */
  function show(message) {
    if (!view) {
      early.push(message);
      loadView();
      return;
    }
    renew?.(message.root);
    view.apply(/** @type {any} */ (message));
    if (message.ops) shell.hide();
  }

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
    if (frame?.refused() && openHosted()) return;
    if (!link.welcomed() || !view) shell.show(stage.root());
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
      if (link.connected()) frame?.again(); // Go heard of a page without chat
    }
  }

  function askRelay() {
    asked = true;
    widgets.begin();
    fetchDeployment(win, tag, settings.hints(), guard('deployment', begin));
  }

  /** The deployment has a chat, whether or not this page wants it. */
  let offers = false;

  /** @param {Deployment} found */
  function begin(found) {
    offers = found.chat;
    deployment = { ...found, chat: offers && chatting };
    keep = createKeep(win, found.name, (key, value) => link.send({ t: 'stored', key, value }));
    const resuming = keep.read('handle') !== null;
    chose ||= resuming || tag.hosted;
    frame = createFrame(win, {
      base: base(),
      deployment: found.name,
      onPort: link.use,
      onRefused,
    });
    onConsent();
    // A window that is about to come back brings no button first.
    if (tag.hosted || (resuming && keep.read('window') !== null)) buttonState.visible = false;
    if (deployment.chat) beginChat();
    if (resuming) whenParsed(doc, startGo);
    if (tag.hosted) whenParsed(doc, onClick);
  }

  function beginChat() {
    settings.inform(base());
    for (const plugin of ['WebChat', 'WebChatService']) bus.registerPlugin(plugin).ready();
    whenBody(doc, drawButton);
    if (pageKeepsChat()) whenParsed(doc, startGo);
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

  function drawButton() {
    const drawn = createButton({
      label: texts('ChatButton', 'Chat'),
      unread: texts('UnreadMessagesTitle', 'Unread messages'),
      onIntent() {
        if (deployment?.consent && !mayKeep()) return;
        startGo();
      },
      onClick,
    });
    stage.root().append(drawn.element);
    void stage.style().then(() => {
      button = drawn;
      updateButton({});
    });
  }

  // The page comes and goes.
  function leave() {
    noteSeen();
    if (mayTrack()) {
      const exit = events.pageExited();
      if (!link.connected()) beacon(events.last());
      else link.send({ t: 'track', event: exit });
    }
    link.send({ t: 'page', what: 'leaving' });
    link.leave();
  }

  /** Without a frame there is nobody else to send what is left. @param {PageEvent[]} list */
  function beacon(list) {
    const url = base() + '/native/v1/events?deployment=' + encodeURIComponent(deployment?.name || '');
    if (list.length) win.navigator.sendBeacon(url, JSON.stringify(list));
  }

  /** A single-page navigation, or a page that came back: a new page of the same visit. @param {boolean} exited */
  function moved(exited) {
    const before = events.pending().length;
    if (!exited) events.pageExited();
    ids.page = mintId();
    events.pageEntered();
    if (mayTrack()) link.send({ t: 'moved', page: pageOf(win, ids), ids, events: events.pending().slice(before) });
  }

  const on = (/** @type {EventTarget} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ fn) =>
    target.addEventListener(type, guard(type, fn));
  const tell = (/** @type {string} */ what) => () => void link.send({ t: 'page', what });

  takeOverQueue(win, {
    ids: () => ids,
    event: events.add,
    config(options) {
      config = { ...config, ...options, domain: options.domain || options.domainName || config.domain };
      if (options.languageCode) events.language(options.languageCode);
    },
    consent(given) {
      consent = given;
      onConsent();
    },
  });

  return {
    /** The script was included again, perhaps under another of its names. @param {Tag} other */
    include(other) {
      tag.button ||= other.button;
      if (other.chat && !other.waits) wake();
      updateButton({});
    },
    start() {
      if (who.newVisit) events.visitStarted();
      events.pageEntered();
      if (!tag.waits) askRelay();
      on(win, 'pagehide', leave);
      on(win, 'pageshow', (event) => event.persisted && moved(true));
      on(doc, 'visibilitychange', () => {
        if (doc.visibilityState === 'visible') link.alive();
        tell(doc.visibilityState)();
      });
      on(win, 'online', tell('online'));
      on(win, 'offline', tell('offline'));
      watchNavigation(win, guard('navigation', () => moved(false)));
    },
  };
}
