/**
 * What V8 is told when the functions are loaded. Of a kind of object that outlived young collections V8 makes new ones outside
 * the young generation at once, with the texts they are put together of. What a batch makes lives to its end and no longer:
 * there it fills the old generation, keeps what it refers to from being collected with the young, and has all of the heap
 * collected for it.
 */
export const V8_FLAGS = ['--no-allocation-site-pretenuring'];
