/* global document */
// The user has asked for this already, by a button of an app that proved who is asking.
document.querySelector('button').click();
