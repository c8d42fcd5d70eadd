// foyer-go.js: what a page needs once Go starts, and not before. The hidden frame and the conversation with Go over its
// port, the services that Go orders, the view that shows what Go draws. foyer.js brings it when the page is idle, and at
// the latest when there is something for Go to do.

import { chunk } from '../chunk.js';
import { guard, warn } from '../guard.js';
import { createConfiguration } from './configuration.js';
import { createFrame } from './frame.js';
import { helloOf } from './hello.js';
import { createLink } from './link.js';
import { pageOf } from '../page.js';
import { createReferences } from './references.js';
import { retry } from '../retry.js';

export { createLeftovers } from '../leftovers.js';
export { whenTitled } from '../title.js';

/** Services that foyer-common.js brings; all others, but for those here, are the view's. */
const ofOldWays = /^(fn|judge|test|field)$/;

/** Services of notifications, which foyer-invite.js brings. */
const ofNotifications = /^(content|callPage|busCommand|invitation\w+)$/;

/** Services that foyer-monitor.js brings. */
const ofMonitor = /^(xml|watch)$/;

/**
 * So long WebChat.started waits for what the page does with the session's data, and Go for the page's extensions, ms.
 */
const patience = 5000;

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   relay: string,
 *   deployment: string,
 *   stage: ReturnType<typeof import('../stage.js').createStage>,
 *   widgets: ReturnType<typeof import('../widgets.js').createWidgets>,
 *   state: () => import('./hello.js').State,
 *   store: (key: KeptKey, value: string | null) => void,
 *   taken: (eventIds: string[]) => void,
 *   tracker: Tracker,
 *   button: ReturnType<typeof import('../button-effects.js').createButtonEffects> & { none: () => boolean },
 *   onDrawn: () => void,
 *   onRefused: () => void,
 *   onTick: () => void,
 *   token: string,
 *   mayJoin: () => boolean,
 * }} page base: where our files are; relay: the same, of the frame; store: keeps a value first-party; taken: the relay
 *   has these events; onDrawn: a window is shown; onRefused: the page does not allow the frame, or it does not answer;
 *   onTick: called every 20 s; token: came with the navigation from another site, "" for none; mayJoin: the visitor agrees
 *   that two sites are joined
 */
export function createGo(win, page) {
  const { stage, widgets, base } = page;
  const { bus } = widgets;
  const references = createReferences(
    widgets.jQuery,
    (selector) => stage.root().querySelector(selector) || win.document.querySelector(selector),
  );
  const late = () => new Promise((resolve) => win.setTimeout(resolve, patience));
  const configuration = createConfiguration(win, references, page);

  const frame = createFrame(win, {
    base: page.relay,
    deployment: page.deployment,
    onPort(port, pass) {
      // Extensions may hear and change what is told of a chat that goes on.
      void Promise.race([widgets.extended(), late()]).then(() => frame.opened() && link.use(port, pass));
    },
    onRefused: page.onRefused,
    mayJoin: page.mayJoin,
    reach: () => import(page.relay + '/deployment.js?name=' + encodeURIComponent(page.deployment) + '&at=' + Date.now()),
  });

  stage.keep(frame);

  const link = createLink(win, {
    hello: (pass) => helloOf(win, page.state(), pass, brought()),
    config(fresh) {
      const message = configuration.message(fresh);
      if (message) {
        stage.dress();
        page.button.follow();
      }
      return message;
    },
    pack(name, data) {
      const attached = /\.updateUserData$/.test(name); // as it is
      return references.pack(
        data,
        ([first]) => {
          throw attached || first === 'userData' ? 'malformed data object provided in userData property.' : 'the data of ' + name + ' holds itself';
        },
        attached,
      );
    },
    unpack: references.unpack,
    inOrder,
    coming: () => frame.opened(),
    on: {
      welcome() {
        void stage.style(); // the network is back
        renew = view?.renew();
        arrive();
      },
      publish,
      mirror: ({ key, value }) => bus.mirror(key, value),
      store: ({ key, value }) => page.store(key, value),
      view: show,
      call: serve,
      gone: ({ reason }) => {
        if (reason === 'pass') frame.renew();
      },
      kept: ({ ids }) => page.taken(ids || []),
      log: ({ level, text }) => (/** @type {any} */ (console)[level] || console.info)('[foyer] ' + text),
    },
    again: frame.again,
    tick() {
      page.onTick();
      stage.ensure();
    },
  });

  /** Those of the view are added when it comes. @type {Services} */
  const services = {
    button: page.button.update,
    /** The page's categories. @param {{ value: string }} args */
    category: ({ value }) => page.tracker.category(value),
  };

  /** @param {keyof Services} name @returns {Promise<Services>} services of which one has the name */
  async function bring(name) {
    if (services[name]) return services;
    if (ofOldWays.test(name)) return (await widgets.loadCommon()).services(references);
    if (ofMonitor.test(name)) return (await loadMonitor()).services;
    if (name === 'handoff') await loadHandoff();
    else if (name === 'continue' || name === 'keep') await loadContinue();
    else if (ofNotifications.test(name)) await loadInvitations();
    else if (name.startsWith('callback')) await loadCallback();
    else await loadView();
    return services;
  }

  /** @type {() => Promise<typeof import('../monitor/monitor.js')>} */
  const monitorModule = chunk(base + '/' + FOYER_MONITOR);
  /** @type {ReturnType<typeof import('../monitor/monitor.js').createMonitor> | undefined} */
  let monitor;

  async function loadMonitor() {
    const { createMonitor } = await monitorModule();
    const jQuery = async (/** @type {boolean} */ wanted) => widgets.jQuery() || (wanted ? (await widgets.loadCommon()).bringJQuery() : undefined);
    return (monitor ||= createMonitor(win, { tracker: page.tracker, jQuery }));
  }

  /** Functions of the page that Go had called, and that have not answered. @type {Set<Promise<unknown>>} */
  const running = new Set();

  /** @param {Message<'publish'>} event */
  function publish({ name, data, sticky }) {
    const emit = () => inOrder(() => bus.emit(name.split('.')[0], name, references.unpack(data), sticky));
    if (name !== 'WebChat.started' || !running.size) {
      emit();
      return;
    }
    // The page is just keeping the session's data: who is told finds it kept.
    Promise.race([Promise.all(running), late()]).then(emit, emit);
  }

  /** @param {Message<'call'>} call */
  function serve({ n, service, args }) {
    const done = bring(service).then((all) => /** @type {any} */ (all)[service](args || {}));
    if (ofOldWays.test(service)) {
      running.add(done);
      const over = () => running.delete(done);
      done.then(over, over);
    }
    done.then(
      (value) => n && link.send({ t: 'result', n, ok: true, value }),
      (error) => {
        warn('service ' + service, error);
        if (n) link.send({ t: 'result', n, ok: false, value: String(error) });
      },
    );
  }

  /** @type {() => Promise<typeof import('../callback/callback.js')>} */
  const callbackModule = chunk(base + '/' + FOYER_CALLBACK);

  async function loadCallback() {
    const { createCallback } = await callbackModule();
    if (!services.callbackForm) Object.assign(services, createCallback(win, { root: stage.root, gate: stage.gate, ask, hours: page.state().deployment.hours }));
  }

  /** @type {() => Promise<typeof import('../invite/invite.js')>} */
  const inviteModule = chunk(base + '/' + FOYER_INVITE);

  async function loadInvitations() {
    const [{ trusted }, { createInvitations }] = await Promise.all([viewModule(), inviteModule()]);
    if (services.content) return;
    Object.assign(services, createInvitations(win, { base: page.relay, gate: stage.gate, send: link.send, bus, trusted: trusted(), result: frame.result, store: page.store }));
  }

  /** Asks Go something that is between the two of us. @param {string} name @param {unknown} data @returns {Promise<any>} */
  const ask = (name, data) =>
    new Promise((resolve, reject) => link.command(name, data, /** @type {any} */ ({ resolve, reject }), 'Foyer'));

  /** @type {() => Promise<typeof import('../handoff/handoff.js')>} */
  const handoffModule = chunk(base + '/' + FOYER_HANDOFF);

  /** @type {() => Promise<typeof import('../continue/continue.js')>} */
  const continueModule = chunk(base + '/' + FOYER_CONTINUE);

  async function loadContinue() {
    const { createContinue } = await continueModule();
    const { relay, deployment, mayJoin } = page;
    if (!services.continue) Object.assign(services, createContinue(win, { base: relay, deployment, mayJoin, root: stage.root }));
  }

  async function loadHandoff() {
    const { createHandoff } = await handoffModule();
    services.handoff ||= createHandoff(win, { mint: (origins) => ask('Foyer.handoff', { origins }), mayJoin: page.mayJoin, gate: stage.gate });
  }

  let { token } = page;

  /** The token of a chat that the visitor has brought from another site: once, and not before they agree that the two are joined. */
  function brought() {
    if (!page.mayJoin()) return '';
    const given = token;
    token = '';
    return given;
  }

  /** They may have agreed after the hello. */
  function arrive() {
    const given = link.welcomed() && brought();
    if (given) ask('Foyer.arrive', { token: given }).catch(() => {});
  }

  /** @type {ReturnType<typeof import('../view/view.js').createView> | undefined} */
  let view;
  /** Differences that came before the view, and what Go told after them. @type {{ difference?: Message<'view'>, run?: () => void }[]} */
  let early = [];
  /** @type {((root: string) => void) | undefined} */
  let renew;
  /** @type {() => Promise<typeof import('../view/view.js')>} */
  const viewModule = chunk(base + '/' + FOYER_VIEW);

  /** @type {Promise<void> | undefined} */
  let viewing;
  /** Nobody waits any longer for what the window shows: it comes when the network is back. */
  let viewFails = false;

  /** Brings the view, and settles when it is there or has failed once. */
  function loadView() {
    viewing ||= new Promise((resolve) => {
      const use = guard('view', useView);
      retry(win, viewModule, (module) => resolve(use(module)), (error) => resolve(missView(error)));
    });
    return viewing;
  }

  /** @param {typeof import('../view/view.js')} module */
  function useView(module) {
    view = module.createView({ parent: stage.root, send: link.send, warn, gate: stage.gate });
    Object.assign(services, module.createViewServices(win, { root: stage.root, base, unpack: references.unpack }));
    viewFails = false;
    for (const { difference, run } of early.splice(0)) difference ? show(difference) : run?.();
  }

  /** @param {unknown} error */
  function missView(error) {
    viewFails = true;
    warn('the chat window could not be loaded', error);
    const told = early.filter(({ run }) => run);
    early = early.filter(({ difference }) => difference);
    for (const { run } of told) run?.();
  }

  /** Who is told of something finds in the window what Go drew before. @param {() => void} run */
  function inOrder(run) {
    if (!early.length || viewFails) {
      run();
      return;
    }
    early.push({ run });
    void loadView();
  }

  /** @param {Message<'view'>} message */
  function show(message) {
    if (!view) {
      early.push({ difference: message });
      void loadView();
      return;
    }
    renew?.(message.root);
    view.apply(/** @type {any} */ (message));
    if (message.ops) page.onDrawn();
  }

  return {
    send: link.send,
    command: link.command,
    /** The page's configuration may be another. */
    configure: link.configure,
    connected: link.connected,
    alive: link.alive,
    /** The page goes. */
    leave: link.leave,
    refused: frame.refused,
    again: frame.again,
    last: frame.last,
    /** The page is another one of the same visit; these events tell of it. @param {PageEvent[]} events */
    moved(events) {
      const { ids } = page.state();
      link.send({ t: 'moved', page: pageOf(win, ids), ids, events });
    },
    /** Starts Go. @param {boolean} chats there will be a window */
    start(chats) {
      if (chats) void loadView();
      if (!frame.opened()) link.begin();
      frame.open();
      arrive();
    },
    /** The visitor has withdrawn their consent. */
    stop() {
      monitor?.stop();
      for (const name of /** @type {const} */ (['continue', 'keep'])) services[name]?.({ shown: false, handle: '' });
      // Nobody would answer them any more.
      for (const name of /** @type {const} */ (['invitationOver', 'callbackOver'])) services[name]?.({});
      view?.apply({ root: 'invite', ops: null });
      link.leave();
      frame.forget();
    },
    /** A click opens the window at once. */
    ready: () => link.welcomed() && !!view,
  };
}
