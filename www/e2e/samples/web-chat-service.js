// The samples of the public documentation of WebChatService, each command's as it stands there: pages hold copies of them.
// The first line of that page registers the plugin: var oMyPlugin = window._genesys.widgets.bus.registerPlugin('MyPlugin');

/** By command. @type {Record<string, string>} */
export const samples = {
  startChat: String.raw`oMyPlugin.command('WebChatService.startChat', {

	nickname: 'Jonny',
	firstname: 'Johnathan',
	lastname: 'Smith',
	email: 'jon.smith@mail.com',
	subject: 'product questions',
	userData: {}

}).done(function(e){

	// WebChatService started a chat successfully

}).fail(function(e){

	// WebChatService failed to start chat
});`,
  endChat: String.raw`oMyPlugin.command('WebChatService.endChat').done(function(e){

	// WebChatService ended a chat successfully

}).fail(function(e){

	// WebChatService failed to end chat
});`,
  sendMessage: String.raw`oMyPlugin.command('WebChatService.sendMessage', {message: 'hi'}).done(function(e){

	// WebChatService sent a message successfully

}).fail(function(e){

	// WebChatService failed to send a message
});`,
  sendCustomNotice: String.raw`oMyPlugin.command('WebChatService.sendCustomNotice', {message: 'bye'}).done(function(e){

	// WebChatService sent a custom message successfully

}).fail(function(e){

	// WebChatService failed to send a custom message
});`,
  sendTyping: String.raw`oMyPlugin.command('WebChatService.sendTyping').done(function(e){

	// WebChatService sent typing successfully

}).fail(function(e){

	// WebChatService failed to send typing
});`,
  sendFilteredMessage: String.raw`oMyPlugin.command('WebChatService.sendFilteredMessage', {

	message: 'filtered message',
	regex: /[a-zA-Z]/

}).done(function(e){

	// WebChatService sent filtered message successfully

}).fail(function(e){

	// WebChatService failed to send filtered message
});`,
  addPrefilter: String.raw`oMyPlugin.command('WebChatService.addPrefilter', {filters: /[a-zA-Z]/}).done(function(e){

	// WebChatService added filter successfully
	// e == Object of registered prefilters

}).fail(function(e){

	// WebChatService failed to add filter
});`,
  updateUserData: String.raw`oMyPlugin.command('WebChatService.updateUserData', {firstname: 'Joe'}).done(function(e){

	// WebChatService updated user data successfully

}).fail(function(e){

	// WebChatService failed to update user data
});`,
  poll: String.raw`oMyPlugin.command('WebChatService.poll').done(function(e){

	// WebChatService started polling successfully

}).fail(function(e){

	// WebChatService failed to start polling
});`,
  startPoll: String.raw`oMyPlugin.command('WebChatService.startPoll').done(function(e){

	// WebChatService started polling successfully

}).fail(function(e){

	// WebChatService failed to start polling
});`,
  stopPoll: String.raw`oMyPlugin.command('WebChatService.stopPoll').done(function(e){

	// WebChatService stopped polling successfully

}).fail(function(e){

	// WebChatService failed to stop polling
});`,
  resetPollExceptions: String.raw`oMyPlugin.command('WebChatService.resetPollExceptions').done(function(e){

	// WebChatService reset polling successfully

}).fail(function(e){

	// WebChatService failed to reset polling
});`,
  restore: String.raw`oMyPlugin.command('WebChatService.restore').done(function(e){

	// WebChatService restored successfully

}).fail(function(e){

	// WebChatService failed to restore
});`,
  getTranscript: String.raw`oMyPlugin.command('WebChatService.getTranscript').done(function(e){

	// WebChatService got transcript successfully
	// e == Object with an array of messages

}).fail(function(e){

	// WebChatService failed to get transcript
});`,
  getAgents: String.raw`oMyPlugin.command('WebChatService.getAgents').done(function(e){

	// WebChatService got agents successfully
	// e == Object with agents information in chat

}).fail(function(e){

	// WebChatService failed to get agents
});`,
  getStats: String.raw`oMyPlugin.command('WebChatService.getStats').done(function(e){

	// WebChatService got stats successfully
	// e == Object with chat session stats

}).fail(function(e){

	// WebChatService failed to get stats
});`,
  sendFile: String.raw`oMyPlugin.command('WebChatService.sendFile', {files: $('<input/>').attr('type', 'file') /* Only works on UI, can not dynamically change */ }).done(function(e){

	// WebChatService sent file successfully

}).fail(function(e){

	// WebChatService failed to send file
});`,
  downloadFile: String.raw`oMyPlugin.command('WebChatService.downloadFile', {fileId: '1', fileName: 'myfile.txt'}).done(function(e){

	// WebChatService sent file successfully

}).fail(function(e){

	// WebChatService failed to send file
});`,
  getSessionData: String.raw`oMyPlugin.command('WebChatService.getSessionData')`,
  fetchHistory: String.raw`oMyPlugin.command('WebChatService.fetchHistory')`,
  registerTypingPreviewInput: String.raw`oMyPlugin.command('WebChatService.registerTypingPreviewInput', {input: $('input') }).done(function(e){

	// WebChatService registered input area successfully

}).fail(function(e){

	// WebChatService failed to register typing preview
});`,
  registerPreProcessor: String.raw`oMyPlugin.command('WebChatService.registerPreProcessor', {preprocessor: function(message){
 	message.text = message.text + ' some preprocessing text';
 	return message;
 } }).done(function(e){
 	// WebChatService registered preprocessor function
 	// e == function that was registered
 }).fail(function(e){
 	// WebChatService failed to register function
 });`,
  verifySession: String.raw`oMyPlugin.command('WebChatService.verifySession').done(function(e){

	if(e.sessionActive) {

		 // dont show chat invite

	} else if(!e.sessionActive) {

		 if(oMyPlugin.data('WebChat.open') == false){

			 // show chat invite

		} else {

			 // dont trigger chat invite

		}

	}

});`,
};
