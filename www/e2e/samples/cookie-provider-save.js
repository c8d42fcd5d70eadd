var cookieProviderPlugin = window._genesys.widgets.bus.registerPlugin("CookieProvider");
cookieProviderPlugin.subscribe("WebChat.started", function (e) {

// call saveCookie when you want to save chat session cookie
cookieProvider.saveCookie();

});
