/**
 * Attacks, truths and scores: what is done to a checkpoint on purpose, written down exactly, and
 * how much of it a match found.
 */
package org.findthelady.experiment;
