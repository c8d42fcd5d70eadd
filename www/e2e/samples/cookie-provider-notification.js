// example of function to show if third party cookies are enabled
function showThirdPartyCookieNotification(isEnabled) {

// you can show here your own notification to enable third-party cookies
alert("Third-party cookies are " + isEnabled ? "enabled" : "disabled");

}

// you can call cookieProvider.cookieTest with callback
cookieProvider.cookieTest(showThirdPartyCookieNotification);
// or without parameter if you provide callback when created instance of CookieProvider
cookieProvider.cookieTest();
