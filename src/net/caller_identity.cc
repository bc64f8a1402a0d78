// One signed request to STS.
#include "net/caller_identity.h"

#include "base/clock.h"
#include "base/digest.h"
#include "net/xml_element.h"

namespace spillway {
namespace {

constexpr std::uint64_t answer_bytes_max = 64 * 1024;

}  // namespace

Result<CallerIdentity> ask_caller_identity(HttpTransport& transport, const Credentials& credentials,
                                           const Endpoint& sts, Deadline deadline) {
  HttpRequest request;
  request.method = "POST";
  request.url = sts.url + "/";
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = "Action=GetCallerIdentity&Version=2011-06-15";
  SPILLWAY_TRY(
      sign(request, credentials, {sts.region, "sts"}, to_hex(sha256(request.body)), unix_millis()));
  SPILLWAY_TRY(const HttpResponse answer, transport.send(request, answer_bytes_max, deadline));
  CallerIdentity identity{xml_element(answer.body, "Arn"), xml_element(answer.body, "Account")};
  if (answer.status == 200 && !identity.arn.empty()) return identity;
  const bool refused = answer.status == 403 || answer.status == 400;
  return make_error(
      refused ? Code::permission_denied : Code::unavailable, "sts.GetCallerIdentity", sts.url,
      "STS answered " + std::to_string(answer.status) + " " + xml_element(answer.body, "Code"));
}

}  // namespace spillway
