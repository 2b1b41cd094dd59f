package org.findthelady.match.task;

import java.io.Serializable;

/**
 * Weighted squared norms of what was compared.
 *
 * @param rows of each reference unit
 * @param columns of each suspect unit
 */
public record Squares(double[] rows, double[] columns) implements Serializable {}
