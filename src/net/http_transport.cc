// The pool of lines and the driving of transfers. A line is a libcurl multi handle, which keeps the
// connections, with the transfers on it; one thread at a time drives it.
#include "net/http_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "net/http_transfer.h"

namespace spillway {
namespace {

/// libcurl's global state is set up once for the process and stays.
void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) std::abort();
}

/// libcurl's own timers wake a poll earlier.
constexpr std::chrono::milliseconds poll_max{1'000};

constexpr std::chrono::milliseconds endless = std::chrono::hours(24 * 365);

/// The environment's exceptions, and those that no proxy must ever see: the loopback and the
/// metadata addresses of EC2, ECS and EKS.
std::string no_proxy_list() {
  const char* lower = std::getenv("no_proxy");
  const char* value = lower != nullptr ? lower : std::getenv("NO_PROXY");
  const std::string given = value != nullptr ? value : "";
  if (given == "*") return given;
  return "localhost,127.0.0.0/8,::1,169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,"
         "fd00:ec2::23" +
         (given.empty() ? "" : "," + given);
}

struct MultiDelete {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

class Line {
 public:
  Line() : multi_(curl_multi_init()) {
    if (!multi_) std::abort();  // out of memory
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 4L);
  }
  ~Line() {
    remove(first);
    remove(second);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void add(HttpTransfer& transfer) { curl_multi_add_handle(multi_.get(), transfer.easy()); }
  /// Ends a transfer; one that is not done loses its connection.
  void remove(HttpTransfer& transfer) { curl_multi_remove_handle(multi_.get(), transfer.easy()); }

  /// Waits for the network, at most `wait`.
  void poll(std::chrono::milliseconds wait) {
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
  /// Does what can be done without waiting.
  void step() {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      (message->easy_handle == first.easy() ? first : second).finish(message->data.result);
    }
  }

  /// The transfer whose answer is to be taken; the first's failure counts only once no hedge is
  /// under way. nullptr: wait.
  HttpTransfer* winner(bool hedged) {
    const auto failed = [](const HttpTransfer& t) { return t.done() && !t.headers_done(); };
    if (first.answered() || (first.done() && !failed(first))) return &first;
    if (hedged && second.answered()) return &second;
    if (failed(first) && (!hedged || failed(second))) return &first;
    return nullptr;
  }

 private:
  std::unique_ptr<CURLM, MultiDelete> multi_;

 public:
  HttpTransfer first;
  HttpTransfer second;  ///< the hedge
};

}  // namespace

struct HttpTransport::Pool {
  explicit Pool(HttpSettings given) : settings(std::move(given)), no_proxy(no_proxy_list()) {}

  std::unique_ptr<Line> take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return std::make_unique<Line>();
    std::unique_ptr<Line> line = std::move(idle.back());  // the warmest
    idle.pop_back();
    return line;
  }
  void give(std::unique_ptr<Line> line) {
    line->remove(line->first);
    line->remove(line->second);
    const std::lock_guard lock(mutex);
    if (idle.size() < settings.idle_lines_max) idle.push_back(std::move(line));
  }

  const HttpSettings settings;
  const std::string no_proxy;
  std::mutex mutex;
  std::vector<std::unique_ptr<Line>> idle;
};

/// The body of an answer; gives its line back at the end.
class HttpTransport::Stream final : public ByteSource {
 public:
  Stream(Pool& pool, std::unique_ptr<Line> line, HttpTransfer& transfer)
      : pool_(pool), line_(std::move(line)), transfer_(transfer) {}
  ~Stream() override { pool_.give(std::move(line_)); }

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (capacity == 0) return 0;
    for (;;) {
      line_->step();
      if (const std::size_t n = transfer_.take(buffer, capacity); n > 0) return n;
      if (transfer_.done()) {
        if (const auto error = transfer_.error()) return *error;
        return 0;
      }
      line_->poll(poll_max);
    }
  }

 private:
  Pool& pool_;
  std::unique_ptr<Line> line_;
  HttpTransfer& transfer_;  // within line_
};

HttpTransport::HttpTransport(HttpSettings settings) {
  start_libcurl();
  pool_ = std::make_unique<Pool>(std::move(settings));
}

HttpTransport::~HttpTransport() = default;

Result<HttpStream> HttpTransport::open(const HttpRequest& request, Deadline deadline,
                                       Hedge* hedge) {
  using Clock = std::chrono::steady_clock;
  using std::chrono::milliseconds;
  if (deadline.passed()) {
    return make_error(Code::timeout, "net.http", request.method, "the deadline passed before it");
  }
  std::unique_ptr<Line> line = pool_->take();
  const auto start = [&](HttpTransfer& transfer) -> Result<void> {
    SPILLWAY_TRY(transfer.prepare(request, pool_->settings, pool_->no_proxy, deadline));
    line->add(transfer);
    return ok();
  };
  SPILLWAY_TRY(start(line->first));
  const bool may_hedge = hedge != nullptr && request.repeat == Repeat::safe &&
                         request.source == nullptr && request.body.empty();
  milliseconds patience = may_hedge ? hedge->begin().value_or(endless) : endless;
  const auto began = Clock::now();
  bool hedged = false;
  HttpTransfer* winner = nullptr;
  for (;;) {
    line->step();
    winner = line->winner(hedged);
    if (winner != nullptr) break;
    const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    if (waited >= patience) {
      patience = endless;
      hedged = hedge->take();
      if (hedged) {
        SPILLWAY_TRY(start(line->second));
      }
      continue;
    }
    line->poll(std::clamp(patience - waited, milliseconds(1), poll_max));
  }
  winner->release_request();
  line->remove(winner == &line->first ? line->second : line->first);
  if (!winner->headers_done()) {
    const std::optional<Error> error = winner->error();
    pool_->give(std::move(line));
    if (error) return *error;
    return make_error(Code::unavailable, "net.http", "", "the server closed without an answer");
  }
  if (may_hedge) {
    hedge->record(std::chrono::duration_cast<milliseconds>(Clock::now() - began));
  }
  HttpStream stream{winner->status(), winner->take_headers(), nullptr};
  stream.body = std::make_unique<Stream>(*pool_, std::move(line), *winner);
  return stream;
}

Result<HttpResponse> HttpTransport::send(const HttpRequest& request, std::uint64_t body_bytes_max,
                                         Deadline deadline) {
  SPILLWAY_TRY(HttpStream stream, open(request, deadline));
  Result<std::string> body = read_all(*stream.body, body_bytes_max);
  if (body.has_error()) return body.error();
  return HttpResponse{stream.status, std::move(stream.headers), std::move(body.value())};
}

}  // namespace spillway
