// How much the overview asks for, and how often.

/** Milliseconds between two looks. */
export const EVERY = 30_000;
export const MOST_ROWS = 8;
