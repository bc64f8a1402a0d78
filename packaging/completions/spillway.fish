# fish completion for spillway.
set -l commands serve import put get ls rm stats sweep fsck backup selftest version
set -l none "not __fish_seen_subcommand_from $commands"
complete -c spillway -f
complete -c spillway -n "$none" -a serve -d 'run the HTTP server'
complete -c spillway -n "$none" -a import -d 'turn LAS files into messages with log plots'
complete -c spillway -n "$none" -a put -d 'save files as artifacts of a message'
complete -c spillway -n "$none" -a get -d 'fetch the exact bytes of an artifact'
complete -c spillway -n "$none" -a ls -d 'list sessions, messages or artifacts'
complete -c spillway -n "$none" -a rm -d 'remove a session, a message or an artifact'
complete -c spillway -n "$none" -a stats -d 'what is stored and how'
complete -c spillway -n "$none" -a sweep -d 'reclaim objects that nothing refers to'
complete -c spillway -n "$none" -a fsck -d 'check that everything referred to is there'
complete -c spillway -n "$none" -a backup -d 'copy items and objects, consistently'
complete -c spillway -n "$none" -a selftest -d 'validate the configured stores, end to end'
complete -c spillway -n "$none" -a version -d 'print the version'

set -l here "__fish_seen_subcommand_from serve import put get ls rm stats sweep fsck backup selftest"
set -l anywhere "__fish_seen_subcommand_from import put get ls rm stats"
complete -c spillway -n "$here" -l data -x -a '(__fish_complete_directories)' -d 'the data directory'
complete -c spillway -n "$here" -l config -r -F -d 'configuration file'
complete -c spillway -n "$here" -l quiet -d 'print results and errors only'
complete -c spillway -n "__fish_seen_subcommand_from $commands" -l json -d 'print JSON'
complete -c spillway -n "$anywhere" -l to -x -d 'a server instead'
complete -c spillway -n "$anywhere" -l token-file -r -F -d 'bearer token'
complete -c spillway -n '__fish_seen_subcommand_from serve' -l listen -x -d 'address and port'
complete -c spillway -n '__fish_seen_subcommand_from serve' -l tokens-file -r -F -d 'accepted tokens'
complete -c spillway -n '__fish_seen_subcommand_from serve' -l port-file -r -F -d 'write the port here'
complete -c spillway -n '__fish_seen_subcommand_from import put' -F
complete -c spillway -n '__fish_seen_subcommand_from import' -l session -x -d 'into this session'
complete -c spillway -n '__fish_seen_subcommand_from import' -l synthetic -x -d 'make so many wells'
complete -c spillway -n '__fish_seen_subcommand_from import' -l rows -x -d 'rows of each'
complete -c spillway -n '__fish_seen_subcommand_from put' -l message -x -d 'into this message'
complete -c spillway -n '__fish_seen_subcommand_from put' -l artifact -x -d 'its id'
complete -c spillway -n '__fish_seen_subcommand_from put' -l role -x -a 'user assistant system tool'
complete -c spillway -n '__fish_seen_subcommand_from put' -l content -x -d 'of the message'
complete -c spillway -n '__fish_seen_subcommand_from put' -l content-type -x -d 'of the files'
complete -c spillway -n '__fish_seen_subcommand_from put' -l type -x -d 'of the artifacts'
complete -c spillway -n '__fish_seen_subcommand_from put' -l name -x -d 'of the artifacts'
complete -c spillway -n '__fish_seen_subcommand_from get' -s o -l output -r -F -d 'file to write'
complete -c spillway -n '__fish_seen_subcommand_from get' -l range -x -d 'only these bytes'
complete -c spillway -n '__fish_seen_subcommand_from rm' -l yes -d 'do not ask'
complete -c spillway -n '__fish_seen_subcommand_from sweep' -l fence-age -x -d seconds
complete -c spillway -n '__fish_seen_subcommand_from sweep' -l retention -x -d seconds
complete -c spillway -n '__fish_seen_subcommand_from fsck' -l read-objects -d 'verify every byte'
complete -c spillway -n '__fish_seen_subcommand_from backup' -x -a '(__fish_complete_directories)'
