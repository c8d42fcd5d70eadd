// What the plugins that Go answers for have to show in registry().

/** @type {Record<string, { commands: string, events: string }>} */
const builtIn = {
  WebChat: {
    commands:
      'open close minimize endChat invite reInvite injectMessage showChatButton hideChatButton showOverlay hideOverlay ' +
      'updateUserData registerContextHandler configure',
    events: 'ready opened started submitted rejected completed cancelled closed minimized unminimized messageAdded',
  },
  WebChatService: {
    commands:
      'startChat endChat sendMessage sendCustomNotice sendTyping sendFilteredMessage addPrefilter updateUserData poll ' +
      'startPoll stopPoll resetPollExceptions restore getTranscript getAgents getStats sendFile downloadFile ' +
      'getSessionData fetchHistory registerTypingPreviewInput registerPreProcessor verifySession configure',
    events:
      'ready started Started restored restoredOffline restoreTimeout restoreFailed reconnected disconnected ' +
      'messageReceived error ended clientTypingStarted clientTypingStopped clientConnected clientDisconnected ' +
      'agentTypingStarted agentTypingStopped agentTypingTimeout agentConnected agentDisconnected botConnected ' +
      'botDisconnected supervisorConnected supervisorDisconnected pollingStarted pollingStopped ajaxResponse ' +
      'chatServerWentOffline chatServerBackOnline',
  },
  Engage: { commands: 'invite offer', events: 'ready' },
  Callback: { commands: 'open close', events: 'ready opened closed' },
  CallbackService: { commands: '', events: 'scheduled scheduleError' },
};

const words = (/** @type {string} */ list) => list.split(' ').filter(Boolean);

/** @param {ReturnType<typeof import('../bus.js').createBus>} bus */
export function describeBuiltIn(bus) {
  for (const [name, { commands, events }] of Object.entries(builtIn)) bus.describe(name, words(commands), words(events));
}
