// The command line of Spillway: what it understands, and which function does it.
#include <CLI/CLI.hpp>
#include <csignal>
#include <functional>

#include "cli/commands.h"
#include "server/server.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

/// What the chosen command does, once flags are parsed.
using Action = std::function<Exit(const Console&, const Settings&)>;

struct Parsed {
  Flags flags;
  Action action;
  PutOptions put;
  GetOptions get;
  LsOptions ls;
  RmOptions rm;
  ImportOptions import;
  SweepFlags sweep;
  InitOptions init;
  DoctorOptions doctor;
  AdoptOptions adopt;
  RestoreOptions restore;
  ServeOptions serve;
  bool read_objects = false;
  std::string backup_to;
};

enum class Where { here, anywhere };

CLI::App* add_command(CLI::App& app, Parsed& parsed, const char* name, const char* help,
                      Where where, Action action) {
  CLI::App* command = app.add_subcommand(name, help);
  Flags& flags = parsed.flags;
  command->add_option("--data", flags.data, "the data directory (./spillway-data)")
      ->type_name("DIR");
  command->add_option("--items", flags.items, "the item store, as dynamodb://eu-central-1")
      ->type_name("URL");
  command->add_option("--objects", flags.objects, "the object store, as s3://bucket/prefix")
      ->type_name("URL");
  if (where == Where::anywhere) {
    command->add_option("--to", flags.to, "a server instead, as http://127.0.0.1:8000")
        ->type_name("URL");
    command->add_option("--token-file", flags.token_file, "file with the server's bearer token")
        ->type_name("FILE");
  }
  command->add_option("--config", flags.config, "configuration file (./spillway.toml)")
      ->type_name("FILE");
  command->add_flag("--json", flags.json, "print JSON");
  command->add_flag("--quiet", flags.quiet, "print results and errors only");
  command->callback([&parsed, action = std::move(action)] { parsed.action = action; });
  return command;
}

void add_serve(CLI::App& app, Parsed& parsed) {
  CLI::App* command = add_command(app, parsed, "serve", "run the HTTP server", Where::here,
                                  [&](const Console& console, const Settings& settings) {
                                    return run_serve(console, settings, parsed.serve);
                                  });
  for (const ServerSetting& setting : server_settings()) {
    const std::string name(setting.name);
    if (name == "tokens") continue;
    command->add_option("--" + name, parsed.flags.server[name], std::string(setting.help));
  }
  command
      ->add_option("--tokens-file", parsed.flags.server["tokens-file"],
                   "bearer tokens that are accepted, one \"name:secret\" a line")
      ->type_name("FILE");
  command->add_option("--port-file", parsed.serve.port_file, "write the port here once it listens")
      ->type_name("FILE");
}

void add_import(CLI::App& app, Parsed& parsed) {
  CLI::App* command =
      add_command(app, parsed, "import", "turn LAS files into messages with log plots",
                  Where::anywhere, [&](const Console& console, const Settings& settings) {
                    return run_import(console, settings, parsed.import);
                  });
  command->add_option("FILE", parsed.import.files, "LAS files");
  command->add_option("--session", parsed.import.session, "into this session (wells)");
  command->add_option("--synthetic", parsed.import.synthetic, "make so many wells: WELL-001, …");
  command->add_option("--rows", parsed.import.rows, "rows of each synthetic well (9048)");
}

void add_put_and_get(CLI::App& app, Parsed& parsed) {
  CLI::App* put =
      add_command(app, parsed, "put", "save files as artifacts of a message", Where::anywhere,
                  [&](const Console& console, const Settings& settings) {
                    return run_put(console, settings, parsed.put);
                  });
  put->add_option("SESSION", parsed.put.session)->required();
  put->add_option("FILE", parsed.put.files, "files; - is standard input")->required();
  put->add_option("--message", parsed.put.message, "into this message instead of a new one");
  put->add_option("--artifact", parsed.put.artifact, "the artifact's id, with --message");
  put->add_option("--role", parsed.put.role, "of the new message (user)");
  put->add_option("--content", parsed.put.content, "of the new message (the files' names)");
  put->add_option("--content-type", parsed.put.content_type, "of the files (by their endings)");
  put->add_option("--type", parsed.put.type, "the artifacts' type");
  put->add_option("--name", parsed.put.name, "the artifacts' name (the file's)");
  CLI::App* get =
      add_command(app, parsed, "get", "fetch the exact bytes of an artifact", Where::anywhere,
                  [&](const Console& console, const Settings& settings) {
                    return run_get(console, settings, parsed.get);
                  });
  get->add_option("SESSION", parsed.get.session)->required();
  get->add_option("MESSAGE", parsed.get.message)->required();
  get->add_option("ARTIFACT", parsed.get.artifact, "its id or position")->required();
  get->add_option("-o,--output", parsed.get.output, "file to write (standard output)")
      ->type_name("FILE");
  get->add_option("--range", parsed.get.range, "only these bytes, both inclusive")
      ->type_name("FIRST-LAST");
}

void add_lists(CLI::App& app, Parsed& parsed) {
  CLI::App* ls =
      add_command(app, parsed, "ls", "list sessions, messages or artifacts", Where::anywhere,
                  [&](const Console& console, const Settings& settings) {
                    return run_ls(console, settings, parsed.ls);
                  });
  ls->add_option("SESSION", parsed.ls.session);
  ls->add_option("MESSAGE", parsed.ls.message);
  CLI::App* rm =
      add_command(app, parsed, "rm", "remove a session, a message or an artifact", Where::anywhere,
                  [&](const Console& console, const Settings& settings) {
                    return run_rm(console, settings, parsed.rm);
                  });
  rm->add_option("SESSION", parsed.rm.session)->required();
  rm->add_option("MESSAGE", parsed.rm.message);
  rm->add_option("ARTIFACT", parsed.rm.artifact);
  rm->add_flag("--yes", parsed.rm.yes, "do not ask");
  add_command(app, parsed, "stats", "what is stored and how", Where::anywhere, run_stats);
}

void add_administration(CLI::App& app, Parsed& parsed) {
  CLI::App* sweep = add_command(app, parsed, "sweep", "reclaim objects that nothing refers to",
                                Where::here, [&](const Console& console, const Settings& settings) {
                                  return run_sweep(console, settings, parsed.sweep);
                                });
  constexpr std::int64_t seconds_max = 1'000'000'000;
  sweep
      ->add_option("--fence-age", parsed.sweep.fence_age_seconds,
                   "abort attempts pending for longer (86400)")
      ->type_name("SECONDS")
      ->check(CLI::Range(std::int64_t{0}, seconds_max));
  sweep
      ->add_option("--retention", parsed.sweep.retention_seconds,
                   "keep superseded objects for so long (3600; with DynamoDB 86400)")
      ->type_name("SECONDS")
      ->check(CLI::Range(std::int64_t{0}, seconds_max));
  sweep->add_flag("--full", parsed.sweep.full,
                  "look at every object, not only at what the ledger says is due");
  sweep
      ->add_option("--table-gone", parsed.sweep.tables_gone,
                   "this table is deleted for good: reclaim the objects of its items")
      ->type_name("TABLE");
  sweep
      ->add_option("--strays-max", parsed.sweep.strays_max,
                   "with --full: remove no more objects that nothing accounts for than this (1000, "
                   "or 1 % of all)")
      ->type_name("COUNT");
  sweep
      ->add_option("--stale-uploads", parsed.sweep.stale_upload_hours,
                   "on S3, abort multipart uploads begun so long ago (168)")
      ->type_name("HOURS")
      ->check(CLI::Range(std::int64_t{0}, seconds_max));
  CLI::App* fsck = add_command(app, parsed, "fsck", "check that everything referred to is there",
                               Where::here, [&](const Console& console, const Settings& settings) {
                                 return run_fsck(console, settings, parsed.read_objects,
                                                 parsed.sweep.tables_gone);
                               });
  fsck->add_option("--table-gone", parsed.sweep.tables_gone,
                   "this table is deleted for good: no problem that it is missing")
      ->type_name("TABLE");
  fsck->add_flag("--read-objects", parsed.read_objects, "read and verify every byte, too");
  CLI::App* backup =
      add_command(app, parsed, "backup", "copy items and objects, consistently", Where::here,
                  [&](const Console& console, const Settings& settings) {
                    return run_backup(console, settings, parsed.backup_to);
                  });
  backup->add_option("DIR", parsed.backup_to, "the new directory")->required();
  add_command(app, parsed, "selftest", "validate the configured stores, end to end", Where::here,
              run_selftest);
}

void add_setting_up(CLI::App& app, Parsed& parsed) {
  CLI::App* init =
      add_command(app, parsed, "init", "make the tables, bucket and rules that are missing",
                  Where::here, [&](const Console& console, const Settings& settings) {
                    return run_init(console, settings, parsed.init);
                  });
  init->add_flag("--dry-run", parsed.init.dry_run, "only say what would be done");
  init->add_flag("--create-bucket", parsed.init.create_bucket, "make the bucket, too");
  WantedRules& rules = parsed.init.rules;
  const auto days = CLI::Range(1, 36'500);
  init->add_option("--infrequent-access-after", rules.infrequent_access_days,
                   "move objects to STANDARD_IA after so many days (30 at least)")
      ->type_name("DAYS")
      ->check(days);
  init->add_option("--glacier-instant-after", rules.glacier_instant_days,
                   "move objects to GLACIER_IR after so many days")
      ->type_name("DAYS")
      ->check(days);
  init->add_option("--expire-noncurrent-after", rules.expire_noncurrent_days,
                   "where versioning is on, keep removed objects for so many days (new: 35)")
      ->type_name("DAYS")
      ->check(days);
  const char* origin = "a page that may follow links to objects, as https://app.example (CORS)";
  init->add_option("--viewer-origin", parsed.init.viewer_origins, origin)->type_name("ORIGIN");
  CLI::App* doctor = add_command(
      app, parsed, "doctor", "check credentials, permissions and settings; say what to change",
      Where::here, [&](const Console& console, const Settings& settings) {
        return run_doctor(console, settings, parsed.doctor);
      });
  doctor->add_option("--viewer-origin", parsed.doctor.viewer_origins, origin)->type_name("ORIGIN");
}

void add_taking_over(CLI::App& app, Parsed& parsed) {
  CLI::App* adopt =
      add_command(app, parsed, "adopt", "take over values that an application moved to S3 itself",
                  Where::here, [&](const Console& console, const Settings& settings) {
                    return run_adopt(console, settings, parsed.adopt);
                  });
  adopt->add_option("TABLE", parsed.adopt.tables, "tables to look through");
  adopt
      ->add_option("--attribute", parsed.adopt.attributes,
                   "an attribute in which the application keeps its references")
      ->type_name("NAME")
      ->allow_extra_args(false);
  adopt
      ->add_option("--key-prefix", parsed.adopt.key_prefix,
                   "how the keys of the application's objects begin")
      ->type_name("PREFIX");
  adopt->add_flag("--store", parsed.adopt.store,
                  "take over the objects of the store of which this one is a restored copy");
  adopt
      ->add_option("--table-gone", parsed.adopt.tables_gone,
                   "with --store: this table is deleted for good")
      ->type_name("TABLE");
  adopt->add_flag("--dry-run", parsed.adopt.dry_run, "only say what would be done");
  CLI::App* restore =
      add_command(app, parsed, "restore",
                  "bring an archived artifact back for some days, or tell how far it is",
                  Where::here, [&](const Console& console, const Settings& settings) {
                    return run_restore(console, settings, parsed.restore);
                  });
  restore->add_option("SESSION", parsed.restore.session)->required();
  restore->add_option("MESSAGE", parsed.restore.message)->required();
  restore->add_option("ARTIFACT", parsed.restore.artifact, "its id or position")->required();
  restore->add_option("--days", parsed.restore.days, "keep it for so long; without: only look")
      ->type_name("DAYS")
      ->check(CLI::Range(1, 3'650));
  restore
      ->add_option("--tier", parsed.restore.tier,
                   "standard (hours), bulk (half a day) or expedited")
      ->check(CLI::IsMember({"standard", "bulk", "expedited"}));
}

int run(int argc, char** argv) {
  CLI::App app(
      "Spillway: DynamoDB items of any size.\nExit codes, environment and spillway.toml: "
      "docs/CLI.md");
  Parsed parsed;
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(version()));
  add_serve(app, parsed);
  add_import(app, parsed);
  add_put_and_get(app, parsed);
  add_lists(app, parsed);
  add_administration(app, parsed);
  add_setting_up(app, parsed);
  add_taking_over(app, parsed);
  app.add_subcommand("version", "print the version")
      ->callback([&] {
        parsed.action = [](const Console& console, const Settings&) {
          console.out(console.json() ? "{\"version\":\"" + std::string(version()) + "\"}"
                                     : std::string(version()));
          return Exit::ok;
        };
      })
      ->add_flag("--json", parsed.flags.json, "print JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11 tells by exception, also of --help
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  const Console console(parsed.flags.json, parsed.flags.quiet);
  const auto settings = read_settings(parsed.flags);
  const Exit exit =
      settings ? parsed.action(console, settings.value()) : console.fail(settings.error());
  return static_cast<int>(exit);
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of write
  return spillway::run(argc, argv);
}
