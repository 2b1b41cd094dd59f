package org.findthelady.report;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.xml.sax.SAXException;

/** The schemas of those who defined the formats that other programs read. */
public final class OutputSchemas {
  private static final Path SCHEMAS = Path.of("src/test/resources/schemas");

  private OutputSchemas() {}

  /** What is wrong with a SARIF log. */
  public static List<Error> ofSarif(String json) throws IOException {
    return errors("sarif-schema-2.1.0.json", SpecificationVersion.DRAFT_4, json);
  }

  /** What is wrong with a CycloneDX bill of materials. */
  public static List<Error> ofBom(String json) throws IOException {
    return errors("bom-1.6.schema.json", SpecificationVersion.DRAFT_7, json);
  }

  /**
   * Reads a JUnit report.
   *
   * @throws SAXException if it is none
   */
  public static void requireJunit(String xml) throws IOException, SAXException {
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(SCHEMAS.resolve("junit-10.xsd").toFile())
        .newValidator()
        .validate(new StreamSource(new StringReader(xml)));
  }

  private static List<Error> errors(String schema, SpecificationVersion draft, String json)
      throws IOException {
    Map<String, String> known = new TreeMap<>();
    for (String name : List.of("bom-1.6", "spdx", "jsf-0.82")) {
      known.put(
          "http://cyclonedx.org/schema/" + name + ".schema.json",
          Files.readString(SCHEMAS.resolve(name + ".schema.json")));
    }
    String own = "urn:test:" + schema;
    known.put(own, Files.readString(SCHEMAS.resolve(schema)));
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(draft, builder -> builder.schemas(known));
    String id = schema.startsWith("bom") ? "http://cyclonedx.org/schema/" + schema : own;
    return registry.getSchema(SchemaLocation.of(id)).validate(json, InputFormat.JSON);
  }
}
