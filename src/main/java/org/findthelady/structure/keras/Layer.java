package org.findthelady.structure.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer of a configuration.
 *
 * @param kind its class, e.g. {@code Conv2D}
 * @param settings its own configuration
 * @param calls what it reads, call by call; a layer that is shared has several calls
 */
record Layer(String name, String kind, JsonNode settings, List<List<Source>> calls) {
  private static final int MOST_AXES = 8;

  /** Whether it is a model with layers of its own. */
  boolean isModel() {
    return kind.equals("Functional") || kind.equals("Model") || kind.equals("Sequential");
  }

  /** Refuses a layout of images that is not the usual one. */
  void requireChannelsLast() {
    String layout = text("data_format", "channels_last");
    if (!layout.equals("channels_last")) {
      throw new Untranslatable("data_format " + layout);
    }
  }

  String text(String field, String otherwise) {
    JsonNode found = settings.path(field);
    return found.isTextual() ? found.textValue() : otherwise;
  }

  double number(String field, double otherwise) {
    JsonNode found = settings.path(field);
    return found.isNumber() ? found.doubleValue() : otherwise;
  }

  boolean flag(String field, boolean otherwise) {
    JsonNode found = settings.path(field);
    return found.isBoolean() ? found.booleanValue() : otherwise;
  }

  /**
   * A field that is one integer for every axis of space, or one for all of them.
   *
   * @throws Untranslatable if it is anything else
   */
  long[] sizes(String field, int space, long otherwise) {
    JsonNode found = settings.path(field);
    long[] sizes = new long[space];
    for (int i = 0; i < space; i++) {
      JsonNode one = found.isArray() && found.size() == space ? found.get(i) : found;
      if (found.isMissingNode() || found.isNull()) {
        sizes[i] = otherwise;
      } else if (one.isIntegralNumber() && one.canConvertToInt() && one.intValue() > 0) {
        sizes[i] = one.intValue();
      } else {
        throw new Untranslatable(field + " " + found);
      }
    }
    return sizes;
  }

  /**
   * A field that is a list of integers or one integer; null in a list becomes -1.
   *
   * @throws Untranslatable if it is anything else
   */
  List<Long> integers(String field) {
    return integers(field, settings.path(field));
  }

  /** The same of settings that are such a list themselves. */
  List<Long> integers() {
    return integers("shape", settings);
  }

  private static List<Long> integers(String field, JsonNode found) {
    List<Long> list = new ArrayList<>();
    if (found.isIntegralNumber()) {
      list.add(found.longValue());
      return list;
    }
    if (!found.isArray() || found.size() > MOST_AXES) {
      throw new Untranslatable(field + " is no short list of integers");
    }
    for (JsonNode one : found) {
      if (!one.isNull() && !(one.isIntegralNumber() && one.canConvertToInt())) {
        throw new Untranslatable(field + " has " + one);
      }
      list.add(one.isNull() ? -1 : one.longValue());
    }
    return list;
  }
}
