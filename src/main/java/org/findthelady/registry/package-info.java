/** Registries that say which models there are and where they lie; verdicts go back as tags. */
package org.findthelady.registry;
