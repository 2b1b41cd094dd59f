/**
 * What an audit leaves behind for people and programs: tables (JSON Lines and Parquet), run.json, a
 * console table and an HTML page. Rows are values; nothing here reads a checkpoint or judges one.
 */
package org.findthelady.report;
