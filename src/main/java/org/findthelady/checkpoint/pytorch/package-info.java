/**
 * PyTorch checkpoints: the legacy stream of pickles (before 1.6) and the zip archive. Pickles are
 * read as data. Nothing in this package loads a class, calls a method or evaluates text because a
 * checkpoint says so.
 */
package org.findthelady.checkpoint.pytorch;
