// What storage costs, for the storage page. US dollars unless the operator says otherwise.
#pragma once

#include <string>

namespace spillway {

/// Defaults: AWS's list prices of us-east-1, on demand, in November 2026 as far as we know; set
/// your own. Sources: Amazon DynamoDB pricing, Amazon S3 pricing.
struct Prices {
  std::string currency = "USD";
  double dynamodb_storage_gb_month = 0.25;
  double dynamodb_write_million = 0.625;  ///< write request units, of 1 KB
  double dynamodb_read_million = 0.125;   ///< read request units, of 4 KB, strong
  double s3_storage_gb_month = 0.023;
  double s3_put_million = 5.0;
  double s3_get_million = 0.4;
};

}  // namespace spillway
