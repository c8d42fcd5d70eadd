// The name in window under which foyer.js tells that it is there, and hands to its other scripts what they share with it.

export const mark = 'foyer.js';
