// Every command of WebChatService, WebChat, Engage, Callback and App, with the options that the form offers.
//
// A field: name of the option; kind (text when left out): text, long, number, tick, json, regex, choice, files, element;
// value it starts with. A field named "" is the whole of the options. A field left empty is left out.

const person = [
  { name: 'firstname', value: 'Ada' },
  { name: 'lastname', value: 'Byron' },
  { name: 'nickname' },
  { name: 'email', value: 'ada@example.com' },
  { name: 'subject', value: 'A tent for two' },
];

/** Functions that a registered preprocessor can be. */
const preprocessors = {
  'adds an exclamation mark': (message) => {
    if (message.text) message.text += '!';
    return message;
  },
  'shows custom notices as messages': (message) => {
    if (message.type === 'CustomNotice') message.type = 'Message';
    return message;
  },
  'throws (the others go on)': () => {
    throw new Error('this preprocessor always throws');
  },
  'is no function (is refused)': 'no function',
};

const contextHandlers = { 'gives the address of the page': () => ({ url: location.href }) };

const formJSON = {
  wrapper: '<table></table>',
  inputs: [
    { id: 'cx_webchat_form_firstname', name: 'firstname', maxlength: '100', placeholder: 'Required', label: 'First name', required: true },
    { id: 'cx_webchat_form_order', name: 'orderNumber', maxlength: '20', placeholder: 'Optional', label: 'Order number' },
    { id: 'cx_webchat_form_topic', name: 'topic', type: 'select', label: 'Topic', options: [{ text: 'A tent', value: 'tent' }, { text: 'Delivery', value: 'delivery' }] },
  ],
};

/** @typedef {{ name: string, kind?: string, value?: any, choices?: Record<string, unknown> }} Field */
/** @type {Record<string, { about: string, fields?: Field[] }>} */
export const commands = {
  'WebChat.open': {
    about: 'Opens the window. Refused when it is open already.',
    fields: [
      { name: 'form', kind: 'json', value: { autoSubmit: false, firstname: 'Ada', lastname: 'Byron' } },
      { name: 'formJSON', kind: 'json' },
      { name: 'userData', kind: 'json', value: { customerId: '59606' } },
    ],
  },
  'WebChat.close': { about: 'Closes the window, and asks first where a chat is going on.' },
  'WebChat.minimize': { about: 'Minimises the window, or opens it again.', fields: [{ name: 'minimized', kind: 'tick', value: true }] },
  'WebChat.endChat': { about: 'Ends the chat from the window.' },
  'WebChat.invite': { about: 'Offers a chat.' },
  'WebChat.reInvite': { about: 'Offers a chat again.' },
  'WebChat.injectMessage': {
    about: 'Shows a message that nobody sent.',
    fields: [
      { name: 'type', kind: 'choice', choices: { text: 'text', html: 'html' } },
      { name: 'text', value: 'Our workshop is open on Saturdays.' },
      { name: 'name', value: 'Fernhill' },
      { name: 'custom', kind: 'tick', value: false },
      { name: 'bubble', kind: 'json', value: { direction: 'left', time: true, fill: '#e8f3ec', radius: 8 } },
    ],
  },
  'WebChat.showChatButton': { about: 'Shows the button.', fields: [{ name: 'openDelay', kind: 'number' }, { name: 'duration', kind: 'number' }] },
  'WebChat.hideChatButton': { about: 'Hides the button.', fields: [{ name: 'duration', kind: 'number' }] },
  'WebChat.showOverlay': {
    about: 'Lays something of the page’s own over the conversation.',
    fields: [{ name: 'html', kind: 'long', value: '<p>Back in a minute.</p>' }, { name: 'hideFooter', kind: 'tick', value: false }],
  },
  'WebChat.hideOverlay': { about: 'Takes it away.' },
  'WebChat.updateUserData': { about: 'Adds to what the agent sees of the visitor.', fields: [{ name: '', kind: 'json', value: { basket: '3 items' } }] },
  'WebChat.registerContextHandler': {
    about: 'A function of the page that is asked for context.',
    fields: [{ name: 'handler', kind: 'choice', choices: contextHandlers }],
  },
  'WebChat.configure': { about: 'The window’s settings.', fields: [{ name: '', kind: 'json', value: { emojis: true, formJSON } }] },
  'Engage.invite': {
    about: 'Asks the visitor something. Comes to accepted, declined, closed or timeout.',
    fields: [
      { name: 'title', value: 'A tent for two?' },
      { name: 'body', value: 'Our people have slept in all of them.' },
      { name: 'accept', value: 'Ask them' },
      { name: 'decline', value: 'Not now' },
      { name: 'timeout', kind: 'number', value: 30 },
      { name: 'command', value: 'WebChat.open' },
      { name: 'options', kind: 'json', value: { userData: { webengagement: '' } } },
    ],
  },
  'Engage.offer': {
    about: 'Offers something, at the edge of the page or over it.',
    fields: [
      { name: 'mode', kind: 'choice', choices: { toaster: 'toaster', overlay: 'overlay' } },
      { name: 'headline', value: 'Ten per cent off' },
      { name: 'body', value: 'On everything that keeps the rain out, until Sunday.' },
      { name: 'callToAction', kind: 'json', value: { text: 'Show me', url: '/' } },
      { name: 'decline', value: 'No, thanks' },
    ],
  },
  'Callback.open': {
    about: 'Opens the form that asks for a call.',
    fields: [{ name: 'form', kind: 'json', value: { firstname: 'Ada', phonenumber: '+44 20 7946 0018' } }, { name: 'userData', kind: 'json', value: { basket: '3 items' } }],
  },
  'Callback.close': { about: 'Closes it.' },
  'App.setTheme': { about: 'Another look: light, dark, or a theme of main.themes.', fields: [{ name: 'theme', value: 'dark' }] },
  'App.getTheme': { about: 'The theme of now.' },
  'App.reTheme': { about: 'Takes up what main.theme and main.themes say now.' },
  'App.setLanguage': { about: 'Another language: en, de, fr, es, ja, ar.', fields: [{ name: 'lang', value: 'de' }] },
  'App.updateAJAXHeader': { about: 'Headers that the page wants sent. Kept, and of no use here.', fields: [{ name: 'header', kind: 'json', value: { 'x-site': 'shop' } }] },
  'App.registerAutoLoad': { about: 'Nothing needs to be loaded beforehand.', fields: [{ name: 'name', value: 'WebChat' }] },
  'App.deregisterAutoLoad': { about: 'Likewise.', fields: [{ name: 'name', value: 'WebChat' }] },
  'App.identify': { about: 'Who the visitor is, as the site’s own server has signed it. Empty: nobody any more.', fields: [{ name: 'token' }] },
  'App.closeAll': { about: 'Closes every widget.' },
  'WebChatService.startChat': {
    about: 'Starts a chat without the window’s form.',
    fields: [...person, { name: 'userData', kind: 'json', value: { basket: '2 items' } }],
  },
  'WebChatService.endChat': { about: 'Ends the chat.' },
  'WebChatService.sendMessage': { about: 'Says something.', fields: [{ name: 'message', value: 'hi' }] },
  'WebChatService.sendCustomNotice': { about: 'Tells the agent’s side something that is no message.', fields: [{ name: 'message', value: 'bye' }] },
  'WebChatService.sendTyping': { about: 'Tells the agent that the visitor is typing.', fields: [{ name: 'message' }] },
  'WebChatService.sendFilteredMessage': {
    about: 'Says something that the visitor’s transcript does not show.',
    fields: [{ name: 'message', value: 'filtered message' }, { name: 'regex', kind: 'regex', value: '/filtered/i' }],
  },
  'WebChatService.addPrefilter': { about: 'Messages that match are not shown.', fields: [{ name: 'filters', kind: 'regex', value: '/^secret/' }] },
  'WebChatService.updateUserData': { about: 'Adds to what the agent sees of the visitor.', fields: [{ name: '', kind: 'json', value: { firstname: 'Joe' } }] },
  'WebChatService.poll': { about: 'Asks for news. For the service alone.' },
  'WebChatService.startPoll': { about: 'Asks for news from now on, where the transport polls.' },
  'WebChatService.stopPoll': { about: 'Stops asking, where the transport polls.' },
  'WebChatService.resetPollExceptions': { about: 'Forgets failed polls, where the transport polls.' },
  'WebChatService.restore': { about: 'Goes on with a kept chat, where chats are asynchronous.', fields: [{ name: 'sessionData' }] },
  'WebChatService.getTranscript': { about: 'All messages.' },
  'WebChatService.getAgents': { about: 'The agents of this chat.' },
  'WebChatService.getStats': { about: 'Begin, end, duration and agents of this chat.' },
  'WebChatService.sendFile': { about: 'Sends a file.', fields: [{ name: 'files', kind: 'files' }] },
  'WebChatService.downloadFile': { about: 'Fetches a file of this chat.', fields: [{ name: 'fileId' }, { name: 'fileName' }] },
  'WebChatService.getSessionData': { about: 'What another page needs to go on with this chat.' },
  'WebChatService.fetchHistory': { about: 'Older messages, where chats are asynchronous.' },
  'WebChatService.registerTypingPreviewInput': { about: 'Watches a field of the page for typing.', fields: [{ name: 'input', kind: 'element', value: '' }] },
  'WebChatService.registerPreProcessor': {
    about: 'A function of the page that may change each message before it is shown.',
    fields: [{ name: 'preprocessor', kind: 'choice', choices: preprocessors }],
  },
  'WebChatService.verifySession': { about: 'Whether there is a chat.' },
  'WebChatService.configure': { about: 'The service’s settings.', fields: [{ name: '', kind: 'json', value: { userData: { customerId: '59606' } } }] },
};

/** Events that are listed as they come. */
export const events = {
  App: ['ready'],
  Engage: ['ready'],
  Callback: ['ready', 'opened', 'closed'],
  CallbackService: ['scheduled', 'scheduleError'],
  WebChat: [
    'ready', 'opened', 'started', 'submitted', 'rejected', 'completed', 'cancelled', 'closed', 'minimized', 'unminimized',
    'messageAdded',
  ],
  WebChatService: [
    'ready', 'started', 'restored', 'restoreTimeout', 'restoreFailed', 'restoredOffline', 'reconnected', 'disconnected',
    'messageReceived', 'error', 'ended', 'clientConnected', 'clientDisconnected', 'clientTypingStarted',
    'clientTypingStopped', 'agentConnected', 'agentDisconnected', 'agentTypingStarted', 'agentTypingStopped',
    'agentTypingTimeout', 'botConnected', 'botDisconnected', 'supervisorConnected', 'supervisorDisconnected',
    'chatServerWentOffline', 'chatServerBackOnline', 'pollingStarted', 'pollingStopped', 'ajaxResponse',
  ],
};
