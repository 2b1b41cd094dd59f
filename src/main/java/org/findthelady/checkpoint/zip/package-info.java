/**
 * Zip archives read by ranges (PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5). Only what checkpoints
 * need: one disk, no encryption. Archives that two readers could see differently are refused.
 */
package org.findthelady.checkpoint.zip;
