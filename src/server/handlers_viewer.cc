// The viewer's files, out of the binary. Paths are looked up in a table and never reach a disk.
#include "server/context.h"
#include "server/embedded.h"
#include "server/range.h"

namespace spillway {
namespace {

constexpr std::string_view assets_prefix = "assets/";

/// What the page may do: its own scripts, styles, images and requests, and nothing else.
constexpr std::string_view page_policy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

std::string_view content_type_of(std::string_view path) {
  struct Type {
    std::string_view suffix, type;
  };
  static constexpr Type types[] = {{".html", "text/html; charset=utf-8"},
                                   {".js", "text/javascript; charset=utf-8"},
                                   {".mjs", "text/javascript; charset=utf-8"},
                                   {".css", "text/css; charset=utf-8"},
                                   {".svg", "image/svg+xml"},
                                   {".json", "application/json"},
                                   {".png", "image/png"},
                                   {".ico", "image/x-icon"},
                                   {".woff2", "font/woff2"},
                                   {".txt", "text/plain; charset=utf-8"},
                                   {".webmanifest", "application/manifest+json"},
                                   {".map", "application/json"}};
  for (const Type& type : types) {
    if (path.ends_with(type.suffix)) return type.type;
  }
  return "application/octet-stream";
}

Response no_viewer() {
  Response response;
  response.set("Content-Type", "text/plain; charset=utf-8");
  response.body =
      "This Spillway was built without its viewer. To build it in:\n"
      "  ./dev build\n"
      "or, by hand:\n"
      "  (cd web && npm ci && npm run build) && cmake -B build -DSPILLWAY_VIEWER=ON && cmake "
      "--build build\n"
      "The API is described at /openapi.json.\n";
  return response;
}

Result<Response> serve_file(const Request& request, std::string_view path) {
  if (path == "index.html" && viewer_files().empty()) return no_viewer();
  for (const EmbeddedFile& file : viewer_files()) {
    if (file.path != path) continue;
    const std::string etag = "\"" + std::string(file.sha256) + "\"";
    Response response;
    response.set("ETag", etag);
    // The names of assets carry a hash of their content; the page's own name does not.
    response.set("Cache-Control", path.starts_with(assets_prefix)
                                      ? "public, max-age=31536000, immutable"
                                      : "no-cache");
    if (etag_matches(request.header("if-none-match"), etag, true)) {
      response.status = 304;
      return response;
    }
    response.set("Content-Type", std::string(content_type_of(path)));
    response.set("Content-Security-Policy", std::string(page_policy));
    response.set("Referrer-Policy", "no-referrer");
    response.body = file.bytes;
    return response;
  }
  return make_error(Code::not_found, "http.viewer", "", "there is nothing at this address");
}

}  // namespace

void add_viewer_routes(Router& router) {
  router.add(
      {.method = "GET",
       .pattern = "/",
       .handler = [](Request& request, ByteSource&) { return serve_file(request, "index.html"); },
       .open = true,
       .instant = true});
  router.add({.method = "GET",
              .pattern = "/assets/{path*}",
              .handler =
                  [](Request& request, ByteSource&) {
                    return serve_file(request,
                                      std::string(assets_prefix) + request.parameter("path"));
                  },
              .open = true,
              .instant = true});
}

}  // namespace spillway
