/** Relations among the models of an audit that its pairs of suspects and references do not show. */
package org.findthelady.job.kin;
