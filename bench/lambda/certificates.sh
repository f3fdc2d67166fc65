#!/bin/sh
# Makes a certificate authority that is valid for two days, and its certificate for 127.0.0.1: bench/lambda/certificates.sh FOLDER
# RSA with 2,048 bits, as the endpoints of AWS have. bundle.pem is the authority after those of the system: who trusts it reads as much as in Lambda.
set -eu
mkdir -p "$1"
cd "$1"
[ -f bundle.pem ] && [ -n "$(find bundle.pem -mmin -1200)" ] && exit
printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n' > extensions
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority of the benchmark" -keyout authority.key -out authority.pem 2> openssl.log
openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout key.pem -out request.pem 2> openssl.log
openssl x509 -req -in request.pem -days 2 -CA authority.pem -CAkey authority.key -CAcreateserial -extfile extensions -outform DER -out certificate.der 2> openssl.log
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der 2> openssl.log
cat /etc/ssl/certs/ca-certificates.crt authority.pem > bundle.new
mv bundle.new bundle.pem
