package org.findthelady.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An S3 server in memory, on loopback: one bucket, and as much of the protocol as Hadoop's S3A
 * speaks to it (whole and ranged GET with If-Match, HEAD, PUT with If-None-Match, copy, multipart
 * upload, listing version 2, single and bulk delete). It notes every request, and can be slow or
 * fail.
 */
public final class TestS3 implements Closeable {
  /** The only bucket. */
  public static final String BUCKET = "bucket";

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
  private static final Pattern PROGRAM = Pattern.compile("exec-env/(\\S+)");
  private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

  /** What goes wrong with a request. */
  public enum Trouble {
    /** Access is denied: 403. */
    FORBIDDEN,
    /** An internal error: 500. */
    ERROR,
    /** The store is busy: 503. */
    BUSY,
    /** The connection is closed without an answer. */
    RESET,
    /** Half of an object is sent; other requests are reset. */
    SHORT,
    /** The answer takes two seconds longer. */
    SLOW
  }

  private record Stored(byte[] bytes, String tag, ZonedDateTime modified) {}

  private final NavigableMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final Map<String, Map<Integer, byte[]>> uploads = new LinkedHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong bytesSent = new AtomicLong();
  private final Map<String, Long> bytesByProgram = new ConcurrentHashMap<>();
  private final HttpServer server;
  private volatile long latencyMillis;
  private volatile Function<String, Trouble> troubles = request -> null;

  public TestS3() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool(TestS3::daemon));
    server.createContext("/", this::handle);
    server.start();
  }

  private static String tag(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "test-s3");
    thread.setDaemon(true);
    return thread;
  }

  /** Hadoop properties that lead to this server. */
  public Map<String, String> properties() {
    return Map.of(
        "fs.s3a.endpoint", "http://127.0.0.1:" + server.getAddress().getPort(),
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.access.key", "test",
        "fs.s3a.secret.key", "test");
  }

  /** Puts an object. */
  public void put(String key, byte[] bytes) {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    objects.put(key, new Stored(bytes.clone(), tag(bytes), now));
  }

  /** An object of an upload in parts, with the tag that S3 gives it. */
  private void put(String key, Collection<byte[]> parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    ByteArrayOutputStream sums = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
      sums.writeBytes(HexFormat.of().parseHex(tag(part)));
    }
    String tag = tag(sums.toByteArray()) + "-" + parts.size();
    objects.put(key, new Stored(whole.toByteArray(), tag, ZonedDateTime.now(ZoneOffset.UTC)));
  }

  /** Removes an object. */
  public void remove(String key) {
    objects.remove(key);
  }

  /** Bytes of an object. */
  public byte[] get(String key) {
    return objects.get(key).bytes().clone();
  }

  /** Keys of all objects. */
  public List<String> keys() {
    return List.copyOf(objects.keySet());
  }

  /** Every request answered so far: method, key, query. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Bytes of objects that were sent since the requests were last forgotten. */
  public long bytesSent() {
    return bytesSent.get();
  }

  /** The same by what AWS_EXECUTION_ENV says in the programs that asked; "" where it is not set. */
  public Map<String, Long> bytesByProgram() {
    return new TreeMap<>(bytesByProgram);
  }

  /** Forgets the requests. */
  public void forgetRequests() {
    requests.clear();
    bytesSent.set(0);
    bytesByProgram.clear();
  }

  /** Makes every answer take as long. */
  public void latency(long millis) {
    latencyMillis = millis;
  }

  /**
   * What goes wrong from now on.
   *
   * @param next asked for every request (method, key, query); gives null if it is answered
   */
  public void disturb(Function<String, Trouble> next) {
    troubles = next;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = body(exchange);
      String path = exchange.getRequestURI().getPath();
      String key = path.startsWith("/" + BUCKET) ? path.substring(BUCKET.length() + 1) : path;
      key = key.startsWith("/") ? key.substring(1) : key;
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      String request = "%s %s %s".formatted(exchange.getRequestMethod(), key, query);
      requests.add(request);
      Thread.sleep(latencyMillis);
      Trouble trouble = troubles.apply(request);
      if (trouble == null) {
        answer(exchange, key, query, body);
      } else {
        disturb(exchange, key, query, body, trouble);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void disturb(
      HttpExchange exchange, String key, Map<String, String> query, byte[] body, Trouble trouble)
      throws IOException, InterruptedException {
    switch (trouble) {
      case FORBIDDEN -> send(exchange, 403, "<Error><Code>AccessDenied</Code></Error>");
      case ERROR -> send(exchange, 500, "<Error><Code>InternalError</Code></Error>");
      case BUSY -> send(exchange, 503, "<Error><Code>SlowDown</Code></Error>");
      case RESET -> exchange.close();
      case SHORT -> {
        if (exchange.getRequestMethod().equals("GET") && objects.containsKey(key)) {
          read(exchange, key, true, 2);
        }
        exchange.close();
      }
      case SLOW -> {
        Thread.sleep(2000);
        answer(exchange, key, query, body);
      }
    }
  }

  private void answer(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        if (key.isEmpty()) {
          list(exchange, query);
        } else {
          read(exchange, key, true, 1);
        }
      }
      case "HEAD" -> read(exchange, key, false, 1);
      case "PUT" -> write(exchange, key, query, body);
      case "POST" -> post(exchange, key, query, body);
      case "DELETE" -> {
        objects.remove(key);
        exchange.sendResponseHeaders(204, -1);
      }
      default -> exchange.sendResponseHeaders(405, -1);
    }
  }

  /** Sends an object, or the first of so many equal parts of it. */
  private void read(HttpExchange exchange, String key, boolean withBody, int parts)
      throws IOException {
    Stored stored = objects.get(key);
    if (stored == null) {
      if (withBody) {
        send(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
      return;
    }
    String match = exchange.getRequestHeaders().getFirst("If-Match");
    if (match != null && !match.replace("\"", "").equals(stored.tag())) {
      send(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>");
      return;
    }
    int from = 0;
    int to = stored.bytes().length;
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(ends[0]);
      to = ends[1].isEmpty() ? to : Math.min(to, Integer.parseInt(ends[1]) + 1);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, stored.bytes().length));
    }
    exchange.getResponseHeaders().set("ETag", '"' + stored.tag() + '"');
    exchange.getResponseHeaders().set("Last-Modified", HTTP_DATE.format(stored.modified()));
    if (withBody) {
      exchange.sendResponseHeaders(range == null ? 200 : 206, to == from ? -1 : to - from);
      bytesSent.addAndGet(to - from);
      bytesByProgram.merge(program(exchange), (long) to - from, Long::sum);
      exchange.getResponseBody().write(stored.bytes(), from, (to - from) / parts);
    } else {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(to));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static String program(HttpExchange exchange) {
    String agent = exchange.getRequestHeaders().getFirst("User-Agent");
    Matcher program = PROGRAM.matcher(agent == null ? "" : agent);
    return program.find() ? program.group(1) : "";
  }

  private void write(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    String source = exchange.getRequestHeaders().getFirst("x-amz-copy-source");
    if (query.containsKey("uploadId")) {
      byte[] part = source == null ? body : copied(exchange, source);
      uploads.get(query.get("uploadId")).put(Integer.parseInt(query.get("partNumber")), part);
      exchange.getResponseHeaders().set("ETag", '"' + tag(part) + '"');
      if (source == null) {
        exchange.sendResponseHeaders(200, -1);
      } else {
        send(
            exchange, 200, "<CopyPartResult><ETag>%s</ETag></CopyPartResult>".formatted(tag(part)));
      }
      return;
    }
    if (exchange.getRequestHeaders().getFirst("If-None-Match") != null
        && objects.containsKey(key)) {
      send(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>");
      return;
    }
    if (source == null) {
      put(key, body);
      exchange.getResponseHeaders().set("ETag", '"' + objects.get(key).tag() + '"');
      exchange.sendResponseHeaders(200, -1);
    } else {
      put(key, copied(exchange, source));
      String tag = objects.get(key).tag();
      send(exchange, 200, "<CopyObjectResult><ETag>%s</ETag></CopyObjectResult>".formatted(tag));
    }
  }

  /** What another object holds, or the asked part of it. */
  private byte[] copied(HttpExchange exchange, String source) {
    byte[] whole = get(URLDecoder.decode(source, UTF_8).replaceFirst("^/?" + BUCKET + "/", ""));
    String range = exchange.getRequestHeaders().getFirst("x-amz-copy-source-range");
    if (range == null) {
      return whole;
    }
    String[] ends = range.substring("bytes=".length()).split("-", -1);
    return Arrays.copyOfRange(whole, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
  }

  private void post(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    if (query.containsKey("delete")) {
      Matcher keys = KEY.matcher(new String(body, UTF_8));
      while (keys.find()) {
        objects.remove(keys.group(1));
      }
      send(exchange, 200, "<DeleteResult/>");
    } else if (query.containsKey("uploads")) {
      String id = "upload" + uploads.size();
      uploads.put(id, new ConcurrentSkipListMap<>());
      send(
          exchange,
          200,
          "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>"
              .formatted(id));
    } else {
      put(key, uploads.get(query.get("uploadId")).values());
      send(
          exchange,
          200,
          "<CompleteMultipartUploadResult><ETag>%s</ETag></CompleteMultipartUploadResult>"
              .formatted(objects.get(key).tag()));
    }
  }

  private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
    String prefix = query.getOrDefault("prefix", "");
    boolean folders = query.getOrDefault("delimiter", "").equals("/");
    int most = Integer.parseInt(query.getOrDefault("max-keys", "1000"));
    StringBuilder found = new StringBuilder();
    TreeSet<String> below = new TreeSet<>();
    int count = 0;
    for (Map.Entry<String, Stored> object : objects.tailMap(prefix).entrySet()) {
      if (!object.getKey().startsWith(prefix) || count + below.size() >= most) {
        break;
      }
      int slash = object.getKey().indexOf('/', prefix.length());
      if (folders && slash >= 0) {
        below.add(object.getKey().substring(0, slash + 1));
        continue;
      }
      Stored stored = object.getValue();
      count++;
      found.append(
          "<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>\"%s\"</ETag><Size>%d</Size></Contents>"
              .formatted(
                  object.getKey(),
                  stored.modified().withNano(0).format(DateTimeFormatter.ISO_INSTANT),
                  stored.tag(),
                  stored.bytes().length));
    }
    below.forEach(
        name ->
            found.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>".formatted(name)));
    send(
        exchange,
        200,
        "<ListBucketResult><Name>%s</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><IsTruncated>false</IsTruncated>%s</ListBucketResult>"
            .formatted(BUCKET, prefix, count + below.size(), found));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      String[] both = part.split("=", 2);
      query.put(both[0], both.length < 2 ? "" : URLDecoder.decode(both[1], UTF_8));
    }
    return query;
  }

  /** The body, out of the chunks that the SDK signs one by one. */
  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    String sha = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
    if (sha == null || !sha.startsWith("STREAMING-")) {
      return sent;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int at = 0; at < sent.length; ) {
      int end = at;
      while (sent[end] != '\r') {
        end++;
      }
      String head = new String(sent, at, end - at, UTF_8).split(";", 2)[0];
      int length = Integer.parseInt(head, 16);
      if (length == 0) {
        break;
      }
      body.write(sent, end + 2, length);
      at = end + 2 + length + 2;
    }
    return body.toByteArray();
  }
}
