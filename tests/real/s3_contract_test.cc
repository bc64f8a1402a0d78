// The contract of every ObjectStore, on a real S3 in both styles of address.
#include "contract/object_store_contract.h"
#include "real/s3_bucket.h"

namespace spillway {
namespace {

ObjectStoreHandle make_s3_store(Style style) {
  if (s3_server().empty()) return {};
  const std::string url = new_bucket_url(style);
  std::shared_ptr<Bucket> bucket = new_bucket(url);
  auto store = open_object_store(url);
  if (!store) std::abort();
  return {bucket, std::move(store).value()};
}

INSTANTIATE_TEST_SUITE_P(
    S3, ObjectStoreContract,
    testing::Values(ObjectStoreFactory{"path", [] { return make_s3_store(Style::path); }},
                    ObjectStoreFactory{"virtual",
                                       [] { return make_s3_store(Style::virtual_host); }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace spillway
