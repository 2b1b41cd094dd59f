/**
 * Which references a suspect is held against first, from what shuffling neurons does not change.
 */
package org.findthelady.candidate;
