// Types that several files share. Nothing of it reaches the browser.

/** Put in by the bundler: file names of what Go needs on the page, of the view, of the style, of what old pages need, and of jQuery ("" in a build without). */
/** What a page shows of Foyer before Go draws. */
declare const FOYER_FRONT: string;
declare const FOYER_GO: string;
declare const FOYER_VIEW: string;
declare const FOYER_CONTINUE: string;
declare const FOYER_INVITE: string;
declare const FOYER_CALLBACK: string;
declare const FOYER_HANDOFF: string;
/** What CookieProvider does. */
declare const FOYER_COOKIES: string;
declare const FOYER_MONITOR: string;
declare const FOYER_LEAN: string;
declare const FOYER_STYLE: string;
declare const FOYER_COMMON: string;
declare const FOYER_JQUERY: string;
/** Go's support script, put in by the bundler. */
declare module 'go:wasm_exec';

/** What keeps the visitor's doings in our elements from the page's listeners. */
type Gate = ReturnType<typeof import('./gate.js').createGate>;

/** What /deployment.js exports by default. */
interface Deployment {
  name: string;
  chat: boolean;
  monitoring: boolean;
  /** Nothing is kept, sent or framed before the visitor consents or opens the chat. */
  consent: boolean;
  /** How long a visitor may be away and still find the chat, ms; 0 for as long as it lives. */
  restoreMs?: number;
  /** A page that knows of no chat may find one all the same. */
  seeks?: boolean;
  /** When visitors can be called back; not there for always. */
  hours?: Hours;
  texts: Record<string, string>;
  lang: string;
  /** The relay's address without a slash at the end, where it is not the one of foyer.js. */
  base?: string;
}

/** Opening hours of a week, by day (0 is Sunday) and minutes after midnight, in the company's time zone. */
interface Hours {
  zone: string;
  open: { day: number; from: number; to: number }[];
}

/** How foyer.js was included. */
interface Tag {
  /** The relay's address without a slash at the end: an origin, and a path where a proxy has the relay below one. */
  base: string;
  /** data-deployment, or "" to let the relay find it by the page's origin. */
  deployment: string;
  /** The page is the hosted chat page: it is nothing but the chat. */
  hosted: boolean;
  /** Included under the vendor's name of the bus: nothing begins before the page loads a plugin, as it always did. */
  waits: boolean;
  /** Not under the vendor's name of the tracker alone. */
  chat: boolean;
  /** There is a button unless the page says no; under a vendor's name only where it says yes. */
  button: boolean;
}

interface Ids {
  device: string;
  visit: string;
  page: string;
}

/** One event of spec "GWE Monitoring JavaScript API", as it is sent. */
interface PageEvent {
  eventType: 'SYSTEM' | 'BUSINESS';
  eventName: string;
  eventID: string;
  pageID: string;
  visitID: string;
  globalVisitID: string;
  /** The browser's clock, ms. */
  timestamp: number;
  url: string;
  languageCode: string;
  category: string;
  data: Record<string, unknown>;
}

/** The page's Trusted Types policy of ours, or functions that give the text as it is. */
interface Trusted {
  createHTML(html: string): any;
  createScript(script: string): any;
  createScriptURL(url: string): any;
}

/** What the parts that come later need of the tracker. */
interface Tracker {
  add: (type: PageEvent['eventType'], name: string, data: Record<string, unknown>) => void;
  /** The page's categories, for every event from now on. */
  category: (value: string) => void;
  /** When the page was entered, in the time of performance.now. */
  entered: () => number;
  /** Id of the page. */
  page: () => string;
  /** Events may be sent. */
  allowed: () => boolean;
}

/** What the page and Go both name. */
type Protocol = typeof import('../../wasm/page/protocol.json');
type Sent<All> = { [T in keyof All]: { t: T } & ('*' extends keyof All[T] ? Record<string, any> : { [K in keyof All[T]]?: any }) };
/** A message of the page protocol from the page, see wasm/page/protocol.go. */
type MessageToGo<T extends keyof Protocol['fromPage'] = keyof Protocol['fromPage']> = Sent<Protocol['fromPage']>[T];
/** A message from Go. */
type Message<T extends keyof Protocol['fromGo']> = { t: T } & { [K in keyof Protocol['fromGo'][T]]: any };
/** What to do with each message from Go. */
type OnMessage = { [T in keyof Protocol['fromGo']]?: (message: Message<T>) => void };
/** A key of what the page keeps first-party. */
type KeptKey = keyof Protocol['kept'];
/** What Go orders of the page, by name; a part of it says which services it has: Pick<AllServices, 'focus'>. */
type AllServices = { [S in keyof Protocol['services']]: (args: { [K in keyof Protocol['services'][S]]: any }) => unknown };
type Services = Partial<AllServices>;

interface Deferred {
  done(...callbacks: Function[]): Deferred;
  fail(...callbacks: Function[]): Deferred;
  always(...callbacks: Function[]): Deferred;
  then(done?: unknown, fail?: unknown): Deferred;
  pipe(done?: unknown, fail?: unknown): Deferred;
  catch(fail: Function): Deferred;
  finally(fn: Function): Deferred;
  state(): 'pending' | 'resolved' | 'rejected';
  promise(): Deferred;
  progress(...callbacks: unknown[]): Deferred;
  notify(...values: unknown[]): Deferred;
  resolve(...values: any[]): Deferred;
  reject(...values: any[]): Deferred;
}

interface Window {
  _gt?: any;
  _genesys?: any;
  CXBus?: any;
  jQuery?: any;
  $?: any;
  navigation?: EventTarget;
}

interface Navigator {
  /** Not in every browser. */
  connection?: { saveData?: boolean; effectiveType?: string };
  globalPrivacyControl?: boolean;
}

interface Document {
  prerendering?: boolean;
}

/** What the bundler puts there: own.js in foyer.js, handed.js in the scripts that come after it. */
declare module 'own:' {
  export function own(name: string): any;
}
